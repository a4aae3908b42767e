use super::*;
use crate::access::AccessCode;
use crate::callback::{Decision, Input};
use crate::ids::WorkerId;
use crate::service::Template;
use crate::tests::sample::{ID, agent, at, request, service};

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
    assert_eq!(waiting.dialog(at(1)), shortly);
    let handed_out = after(&waiting, immediate, Input::HandOut { agent: None });
    assert_eq!(handed_out.dialog(at(1)), shortly);
    let worker = WorkerId::new("d1");
    let dialing = after(&handed_out, immediate, Input::Take { worker });
    assert_eq!(dialing.dialog(at(1)), None);
}

#[test]
fn whoever_waits_for_an_agent_has_nothing_to_do() {
    let delayed = Template::UserTerminatedDelayed;
    assert_eq!(callback(delayed).dialog(at(1)), None);
}

#[test]
fn whoever_is_to_call_is_told_where_while_that_holds() {
    let originated = Template::UserOriginatedImmediate;
    let invited = callback(originated);
    assert_eq!(invited.dialog(at(1)), None, "no number yet");
    let invitation = Invitation {
        number: "8005550101".parse().unwrap(),
        code: None,
        until: at(31),
    };
    let invited = after(&invited, originated, Input::Invite(invitation.clone()));
    let dialog = invited.dialog(at(30)).unwrap();
    assert_eq!(dialog, Dialog::DialNumber(invitation));
    assert_eq!(invited.dialog(at(31)), None);
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
    let invitation = |code: Option<u64>| Invitation {
        number: "+18005550101".parse().unwrap(),
        code: code.map(AccessCode::draw),
        until: at(30),
    };
    let mut expected = json!({
        "_dialog_id": "0", "_action": "DialNumber", "_label": "Call +18005550101",
        "_tel_url": "tel:+18005550101", "_access_number": "+18005550101",
        "_expiration_time": "2016-07-03T20:00:21.000Z",
    });
    assert_eq!(keys(Dialog::DialNumber(invitation(None))), expected);
    expected["_access_code"] = json!("000007");
    assert_eq!(keys(Dialog::DialNumber(invitation(Some(7)))), expected);
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
