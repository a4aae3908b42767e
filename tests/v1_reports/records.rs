//! GET `/v1/reports/records`

use serde_json::{Value, json};

use super::Office;

fn of<'a>(rows: &'a [Value], id: &str) -> &'a Value {
    let found = rows.iter().find(|row| row["_CB_SERVICE_ID"] == id);
    found.unwrap_or_else(|| panic!("nothing of {id}: {rows:?}"))
}

/// What is reported of the one who talked.
fn assert_connected(connected: &Value, begun: i64) {
    for (key, value) in [
        ("_service_name", json!("now")),
        ("_callback_state", json!("COMPLETED")),
        ("_callback_reason", json!("AGENT_CONNECTED")),
        ("_CB_FINAL_RECORD", json!(1)),
        ("_CB_T_CALLBACK_OFFERED", json!(1_467_575_000)),
        ("_CB_DIM_CHANNEL", json!("IVR")),
        ("_CB_DIM_CALL_DIRECTION", json!("USERTERMINATED")),
        ("_CB_DIAL_1_RESULT", json!("CONNECTED")),
        ("_CB_N_DIALS", json!(1)),
        ("_CB_N_ANSWERED", json!(1)),
        ("_CB_N_AGENTS_FOUND", json!(1)),
        ("_CB_N_CUSTOMER_ABANDONED_WHILE_WAITING_FOR_AGENT", json!(0)),
    ] {
        assert_eq!(connected[key], value, "{key}");
    }
    for (key, most) in [
        ("_CB_T_SERVICE_START", begun + 30),
        ("_CB_T_CALLBACK_ACCEPTED", begun + 30),
    ] {
        let time = connected[key].as_i64().unwrap();
        assert!((begun..most).contains(&time), "{key}: {time}");
    }
    for key in [
        "_CB_D_WAITING_FOR_AGENT_OFFLINE",
        "_CB_D_ESTABLISH_MEDIA_IXN",
        "_CB_D_CUSTOMER_CONNECTED_WAITING_FOR_AGENT",
    ] {
        assert!(connected[key].as_u64().unwrap() < 30, "{key}: {connected}");
    }
    assert!(connected.get("account").is_none() && connected.get("_customer_number").is_none());
}

#[tokio::test]
async fn v1_reports_records_have_a_row_for_each() {
    let office = Office::open().await;
    let rows = office.records("").await;
    assert_eq!(rows.len(), 4, "{rows:?}");
    let begun = office.begun.as_secs();

    assert_connected(of(&rows, &office.connected), begun);
    let busy = of(&rows, &office.busy);
    assert_eq!(
        (&busy["_CB_DIAL_1_RESULT"], &busy["_CB_DIAL_2_RESULT"]),
        (&json!("BUSY"), &json!("BUSY"))
    );
    assert_eq!(
        (&busy["_CB_N_DIALS"], &busy["_CB_DIM_CHANNEL"]),
        (&json!(2), &json!("UNKNOWN"))
    );
    assert!(
        busy.get("_CB_D_CUSTOMER_CONNECTED_WAITING_FOR_AGENT")
            .is_none(),
        "{busy}"
    );

    let cancelled = of(&rows, &office.cancelled);
    assert_eq!(cancelled["_callback_reason"], "CANCELLED");
    let scheduled = of(&rows, &office.scheduled);
    assert_eq!(
        (
            &scheduled["_callback_state"],
            &scheduled["_CB_FINAL_RECORD"]
        ),
        (&json!("SCHEDULED"), &json!(0))
    );
    let wanted = scheduled["_CB_T_SERVICE_START"].as_i64().unwrap();
    assert!(wanted > begun + 80_000, "{scheduled}");

    let rows = office.records("service=now&format=ndjson").await;
    assert_eq!(rows.len(), 2, "{rows:?}");
}

#[tokio::test]
async fn v1_reports_records_are_written_to_a_file() {
    let office = Office::open().await;
    let path = format!("/v1/reports/records?service=now&format=csv&{}", office.span);
    let (status, csv) = office.up.client.get_text(&path).await;
    assert_eq!(status, 200, "{csv}");
    let mut lines = csv.split("\r\n");
    let head: Vec<_> = lines.next().unwrap().split(',').collect();
    assert_eq!(head[0], "_CB_SERVICE_ID");
    assert!(head.contains(&"_CB_DIAL_10_RESULT"), "{head:?}");
    let busy = lines.find(|line| line.starts_with(&office.busy)).unwrap();
    let cells: Vec<_> = busy.split(',').collect();
    let cell = |name: &str| cells[head.iter().position(|column| *column == name).unwrap()];
    assert_eq!(
        (cell("_CB_DIAL_2_RESULT"), cell("_CB_DIAL_3_RESULT")),
        ("BUSY", "")
    );

    let (well, said) = office.up.say(&[
        "report",
        "records",
        "--service",
        "now",
        "--columns",
        "_CB_SERVICE_ID,_CB_DIAL_1_RESULT,_CB_DIM_CHANNEL",
    ]);
    assert!(well, "{said}");
    assert!(
        said.contains(&format!("{},CONNECTED,IVR\r\n", office.connected)),
        "{said}"
    );
    let (well, said) = office.up.say(&[
        "report",
        "records",
        "--format",
        "ndjson",
        "--service",
        "desk",
    ]);
    assert!(well && said.lines().count() == 2, "{said}");
}
