use super::*;
use crate::access::{AccessCode, Invitation};
use crate::callback::{Decision, Input};
use crate::chat::ChatKey;
use crate::ids::WorkerId;
use crate::service::Template;
use crate::tests::sample::{ID, agent, at, request, service};

const BASE: &str = "https://chat.example";

fn callback(template: Template) -> Callback {
    let service = service(template, "");
    Callback::accept(request(None), &service, None, at(0))
        .unwrap()
        .0
}

fn after(callback: &Callback, template: Template, input: Input) -> Callback {
    let service = service(template, "");
    match callback.step(input, &service.options, at(1)) {
        Decision::Step(step) => step.callback,
        other @ (Decision::Only(_) | Decision::Purge | Decision::Refused(_)) => panic!("{other:?}"),
    }
}

#[test]
fn whoever_is_called_at_once_is_told_so() {
    let immediate = Template::UserTerminatedImmediate;
    let waiting = callback(immediate);
    let shortly = Some(Dialog::shortly());
    assert_eq!(waiting.dialog(at(1), BASE), shortly);
    let handed_out = after(&waiting, immediate, Input::HandOut { agent: None });
    assert_eq!(handed_out.dialog(at(1), BASE), shortly);
    let worker = WorkerId::new("d1");
    let dialing = after(&handed_out, immediate, Input::Take { worker });
    assert_eq!(dialing.dialog(at(1), BASE), None);
}

#[test]
fn whoever_waits_for_an_agent_has_nothing_to_do() {
    let delayed = Template::UserTerminatedDelayed;
    assert_eq!(callback(delayed).dialog(at(1), BASE), None);
}

#[test]
fn whoever_is_to_call_is_told_where_while_that_holds() {
    let originated = Template::UserOriginatedImmediate;
    let invited = callback(originated);
    assert_eq!(invited.dialog(at(1), BASE), None, "no number yet");
    let number: PhoneNumber = "8005550101".parse().unwrap();
    let (code, until) = (None, at(31));
    let invite = Input::Invite(Invitation::to_call(number.clone(), code.clone(), until));
    let invited = after(&invited, originated, invite);
    let dialog = Dialog::DialNumber {
        number,
        code,
        until,
    };
    assert_eq!(invited.dialog(at(30), BASE), Some(dialog));
    assert_eq!(invited.dialog(at(31), BASE), None);
}

#[test]
fn whoever_is_to_chat_is_told_where_while_that_holds() {
    let chat = Template::ChatImmediate;
    let key = ChatKey::draw([1, 2]);
    let invite = Input::Invite(Invitation::to_chat(key, at(31)));
    let invited = after(&callback(chat), chat, invite);
    let dialog = invited.dialog(at(30), BASE).unwrap();
    let url = format!("{BASE}/chat/{ID}/00000000000000010000000000000002");
    assert_eq!(
        Value::Object(dialog.keys()),
        json!({
            "_dialog_id": "0", "_action": "StartChat", "_start_chat_url": url,
            "_expiration_time": "2016-07-03T20:00:22.000Z",
        })
    );
    assert_eq!(invited.dialog(at(31), BASE), None);
}

#[test]
fn dialogs_have_the_keys_of_the_original() {
    let keys = |dialog: Dialog| Value::Object(dialog.keys());
    assert_eq!(
        keys(Dialog::shortly()),
        json!({
            "_dialog_id": "0", "_action": "ConfirmationDialog",
            "_text": "You will receive the call shortly", "_ok_title": "Ok",
        })
    );
    let call = |code: Option<u64>| Dialog::DialNumber {
        number: "+18005550101".parse().unwrap(),
        code: code.map(AccessCode::draw),
        until: at(30),
    };
    let mut expected = json!({
        "_dialog_id": "0", "_action": "DialNumber", "_label": "Call +18005550101",
        "_tel_url": "tel:+18005550101", "_access_number": "+18005550101",
        "_expiration_time": "2016-07-03T20:00:21.000Z",
    });
    assert_eq!(keys(call(None)), expected);
    expected["_access_code"] = json!("000007");
    assert_eq!(keys(call(Some(7))), expected);
}

#[test]
fn actions_have_addresses() {
    let delayed = Template::UserTerminatedDelayed;
    let found = Input::HandOut {
        agent: Some(agent("KSippola")),
    };
    let callback = after(&callback(delayed), delayed, found);
    let url = action_url(&callback.id, "confirm");
    assert_eq!(url, format!("/genesys/1/service/{ID}/confirm"));
}
