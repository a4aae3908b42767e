use super::*;
use crate::tests::sample::at;

fn key() -> ChatKey {
    ChatKey::draw([1, 2])
}

fn anna() -> AgentId {
    AgentId::new("anna")
}

fn open() -> Room {
    Room::open(key(), at(0)).0
}

fn done(room: &Room, act: Act, second: i64) -> Room {
    room.step(act, at(second)).unwrap().unwrap().0
}

fn connect(dn: &str) -> Act {
    let dn = dn.to_owned();
    Act::Obey(CallCommand::Connect {
        dn,
        attached: crate::call::Attached::default(),
    })
}

fn sit(dn: &str) -> Act {
    let dn = dn.to_owned();
    Act::Sit { dn, agent: anna() }
}

fn say(by: Party, text: &str) -> Act {
    Act::Write(by, text.to_owned())
}

const fn up(connected: bool) -> CallStatus {
    let by = AnsweredBy::Person;
    CallStatus::Up { by, connected }
}

#[test]
fn a_chat_goes_as_a_call_does() {
    let room = open();
    assert_eq!(room.status(), up(false));
    let asked = done(&room, connect("7001"), 1);
    assert_eq!(asked.status(), up(false));
    assert_eq!(asked.step(connect("7001"), at(2)), Ok(None), "asked again");
    let talking = done(&asked, sit("7001"), 3);
    assert_eq!(talking.status(), up(true));
    assert_eq!(talking.agent(), Some(&anna()));
    assert_eq!(talking.step(sit("7001"), at(4)), Ok(None), "sits already");
    let left = done(&talking, Act::Leave(Party::Agent), 5);
    assert_eq!(left.status(), CallStatus::Over { connected: true });
    for act in [Act::Leave(Party::Customer), Act::Seen, Act::Look] {
        assert!(left.step(act, at(600)).unwrap().is_none());
    }
    let hang_up = Act::Obey(CallCommand::HangUp);
    assert_eq!(left.step(hang_up.clone(), at(6)), Ok(None));
    let ended = done(&room, hang_up, 1);
    assert_eq!(ended.status(), CallStatus::Over { connected: false });
}

#[test]
fn only_who_was_asked_last_takes_the_seat() {
    let room = open();
    let nobody = Err(RoomRefusal::NotAsked);
    assert_eq!(room.step(sit("7001"), at(1)), nobody);
    let asked = done(&room, connect("7001"), 1);
    assert_eq!(asked.step(sit("7002"), at(2)), nobody);
    let other = done(&asked, connect("7002"), 3);
    assert_eq!(other.step(sit("7001"), at(4)), nobody);
    assert_eq!(done(&other, sit("7002"), 4).status(), up(true));
}

#[test]
fn what_is_written_is_kept_in_order() {
    let (room, lines) = Room::open(key(), at(0));
    assert_eq!(serde_json::to_value(&lines).unwrap()[0]["event"], "joined");
    let (room, lines) = room
        .step(say(Party::Customer, "hello"), at(1))
        .unwrap()
        .unwrap();
    let line = serde_json::to_value(&lines[0]).unwrap();
    assert_eq!(
        (&line["by"], &line["text"]),
        (&"customer".into(), &"hello".into())
    );
    let read: Line = serde_json::from_value(line).unwrap();
    assert_eq!(read, lines[0]);
    assert!(!format!("{read:?}").contains("hello"));
    let unheard = room.step(say(Party::Agent, "hello"), at(2));
    assert_eq!(unheard, Err(RoomRefusal::NotThere));
}

#[test]
fn what_is_written_has_limits() {
    let room = open();
    for (text, length) in [("", 0), ("  ", 2), (&*"x".repeat(2001), 2001)] {
        let refused = room.step(say(Party::Customer, text), at(1));
        assert_eq!(refused, Err(RoomRefusal::Text(length)));
    }
    let mut full = room.clone();
    for second in 2..=i64::from(MOST_LINES) {
        full = done(&full, say(Party::Customer, &"ä".repeat(2000)), second);
    }
    let refused = full.step(say(Party::Customer, "x"), at(2000));
    assert_eq!(refused, Err(RoomRefusal::Full));
    let over = done(&room, Act::Leave(Party::Customer), 1);
    assert_eq!(
        over.step(say(Party::Customer, "x"), at(2)),
        Err(RoomRefusal::Over)
    );
}

#[test]
fn a_customer_who_is_gone_is_noticed() {
    let room = open();
    assert_eq!(room.alarm(), Some(at(60)));
    assert_eq!(room.step(Act::Seen, at(14)), Ok(None), "not worth writing");
    let seen = done(&room, Act::Seen, 15);
    assert_eq!(seen.alarm(), Some(at(75)));
    assert_eq!(seen.step(Act::Look, at(74)), Ok(None));
    let gone = done(&seen, Act::Look, 75);
    assert_eq!((gone.is_over(), gone.alarm()), (true, None));
    let wrote = done(&room, say(Party::Customer, "x"), 3);
    assert_eq!(wrote.alarm(), Some(at(63)), "who writes is there");
}

#[test]
fn a_key_opens_its_room_alone() {
    assert_eq!(key().as_str(), "00000000000000010000000000000002");
    assert!(open().admits(key().as_str()));
    for other in ["", "0", "00000000000000010000000000000003"] {
        assert!(!open().admits(other), "{other}");
    }
    assert_eq!(format!("{:?}", key()), "ChatKey(…)");
}

#[test]
fn a_phone_does_not_ring_in_a_room() {
    let dn = "7001".to_owned();
    let summon = Act::Obey(CallCommand::Summon {
        dn,
        attached: crate::call::Attached::default(),
    });
    assert_eq!(open().step(summon, at(1)), Err(RoomRefusal::NoPhone));
    let sound = "greeting".to_owned();
    let play = Act::Obey(CallCommand::Play { sound });
    assert_eq!(open().step(play, at(1)), Ok(None));
}

#[test]
fn a_chat_is_known_by_its_name() {
    let id = CallbackId::new("07-x");
    let call = CallId::of_chat(&id);
    assert_eq!((call.as_str(), call.chat()), ("chat-07-x", Some(id)));
    assert_eq!(CallId::of_attempt("07-x", 1).chat(), None);
}
