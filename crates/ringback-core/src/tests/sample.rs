//! What the tests of this crate share: the service, the customer and the agent of the status notification samples.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::agent::AgentRef;
use crate::callback::NewCallback;
use crate::ids::{AgentId, CallbackId, ServiceName};
use crate::phone::{Country, CustomerNumber};
use crate::service::{Service, Template};
use crate::time::Timestamp;

pub const ID: &str = "445-20e740d3-8458-43d6-834d-3713c3385bac";
pub const NUMBER: &str = "5115";

/// The options of the sample service.
const OPTIONS: [(&str, &str); 6] = [
    ("_target", "Customer_Service@Stat_Server.GA"),
    ("_urs_virtual_queue", "SIP_VQ_SIP_Switch"),
    ("_vq_for_outbound_calls", "VQ_GMS_REP_SIP_Switch"),
    ("_enable_status_notification", "subscribe_notify"),
    ("_status_notification_target", "http://127.0.0.1:1664/test"),
    ("_request_execution_time_buffer", "0"),
];

/// `seconds` after the time of the first sample.
pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis((1_467_575_991 + seconds) * 1000)
}

/// The sample service with further options, given as `name=value`, separated by spaces.
pub fn service(template: Template, further: &str) -> Service {
    let further = further.split_whitespace().map(|option| {
        option
            .split_once('=')
            .unwrap_or_else(|| panic!("'{option}' is no name=value"))
    });
    let given = OPTIONS
        .into_iter()
        .chain(further)
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    Service::parse(ServiceName::new("samples_dev"), template, given).unwrap()
}

/// A number of the default country.
pub fn number(text: &str) -> CustomerNumber {
    CustomerNumber::read(text.parse().unwrap(), Country::DEFAULT).unwrap()
}

pub fn request(desired: Option<Timestamp>) -> NewCallback {
    NewCallback {
        id: CallbackId::new(ID),
        number: Some(number(NUMBER)),
        desired,
        overrides: BTreeMap::new(),
        user_data: Map::new(),
        trace: None,
        fingerprint: None,
    }
}

/// `KSippola` as the samples describe him; any other agent has its name as its number.
pub fn agent(name: &str) -> AgentRef {
    let (dn, place, switch) = match name {
        "KSippola" => ("7001", "SIP_Server_Place1", "SIP_Switch"),
        other => (other, "", ""),
    };
    AgentRef {
        id: AgentId::new(name),
        dn: dn.to_owned(),
        place: place.to_owned(),
        switch: switch.to_owned(),
        pool: None,
    }
}

/// A JSON object.
pub fn object(json: Value) -> Map<String, Value> {
    serde_json::from_value(json).unwrap()
}
