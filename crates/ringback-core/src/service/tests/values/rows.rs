//! Every option as it is documented.

use std::time::Duration;

use super::super::super::Options;
use super::super::super::options::{MayReject, NotificationMode};
use crate::time::Timestamp;

/// An option as documented.
pub struct Row {
    pub name: &'static str,
    pub default: &'static str,
    pub takes: &'static [&'static str],
    pub refuses: &'static [&'static str],
    /// The value that holds, as text.
    pub read: fn(&Options) -> String,
}

const fn row(
    name: &'static str,
    default: &'static str,
    takes: &'static [&'static str],
    refuses: &'static [&'static str],
    read: fn(&Options) -> String,
) -> Row {
    Row {
        name,
        default,
        takes,
        refuses,
        read,
    }
}

const SWITCH: &[&str] = &["true", "false"];
const NO_SWITCH: &[&str] = &["", "1", "yes", "True", "true false"];
const TEXT: &[&str] = &["", "a text", "Grüße"];
const NO_TEXT: &[&str] = &["a\nb", "a\u{7}b"];
const YEAR: &[&str] = &["1", "31622400"];
const NO_YEAR: &[&str] = &[
    "",
    "0",
    "31622401",
    "-1",
    "1.5",
    "60 s",
    "99999999999999999999",
];
const TO_99: &[&str] = &["1", "99"];
const NO_TO_99: &[&str] = &["", "0", "100", "-1", "two"];

fn seconds(span: Duration) -> String {
    assert_eq!(span.subsec_millis(), 0);
    span.as_secs().to_string()
}

fn mode(mode: NotificationMode) -> String {
    match mode {
        NotificationMode::Off => "false",
        NotificationMode::Subscribe => "subscribe_notify",
        NotificationMode::Notify => "notify",
    }
    .to_owned()
}

fn said(text: &Option<String>) -> String {
    text.clone().unwrap_or_default()
}

const NAMED: &[&str] = &["", "Office_Hours", "Grüße"];
const KEYS: &[&str] = &["account", "a,b,c,d,e,f,g,h"];
const NO_KEYS: &[&str] = &["", "a,,b", "a,b,c,d,e,f,g,h,i"];
const MANY: &[&str] = &["0", "1000000"];
const NO_MANY: &[&str] = &["", "1000001", "-1", "1.5", "all"];
const ANY_SECONDS: &[&str] = &["0", "31622400"];
const NO_SECONDS: &[&str] = &["", "-1", "31622401", "1m"];
const HOUR: &[&str] = &["1", "3600"];
const NO_HOUR: &[&str] = &["", "0", "3601"];
const SOUNDS: &[&str] = &["", "greeting", "https://files.example/hello.wav"];
const NO_SOUNDS: &[&str] = &[
    "a\nb",
    "{",
    "{\"file\": \"\"}",
    "{\"file\": 1}",
    "{\"file\": \"a\", \"hint\": {}}",
];

#[rustfmt::skip]
pub const GENERAL: &[Row] = &[
    row("_service", "callback", &["callback"], &["", "office-hours"], |_| "callback".to_owned()),
    row("_type", "ors", &["ors"], &["", "builtin"], |_| "ors".to_owned()),
    row("_call_direction", "USERTERMINATED", &["USERTERMINATED", "USERORIGINATED"], &["", "userterminated"],
        |o| o.scenario.direction.as_str().to_owned()),
    row("_media_type", "voice", &["voice", "chat"], &["", "email"], |o| o.scenario.media.as_str().to_owned()),
    row("_wait_for_agent", "false", SWITCH, NO_SWITCH, |o| o.wait_for_agent.to_string()),
    row("_wait_for_user_confirm", "false", SWITCH, NO_SWITCH, |o| o.scenario.confirm.wanted.to_string()),
    row("_user_confirm_timeout", "30", HOUR, NO_HOUR, |o| seconds(o.scenario.confirm.timeout)),
    row("_on_user_confirm_timeout", "CONNECT-ANYWAY", &["CONNECT-ANYWAY", "FAIL"], &["", "fail"],
        |o| o.scenario.confirm.otherwise.as_str().to_owned()),
    row("_ttl", "86400", YEAR, NO_YEAR, |o| seconds(o.ttl)),
    row("_attach_udata", "single_json", &["single_json", "separate_keys", "data_id"], &["", "json"],
        |o| o.general.attach.as_str().to_owned()),
    row("_business_hours_service", "", NAMED, NO_TEXT, |o| said(&o.general.business_hours)),
    row("_capacity_service", "", NAMED, NO_TEXT, |o| said(&o.general.capacity)),
    row("_exceptions", "", &["", "5115"], &["51x15", "5115,,a"], |o| ["", "5115"][o.admission.numbers.blocked.len()].to_owned()),
    row("_customer_lookup_keys", "_customer_number", KEYS, NO_KEYS, |o| o.lookup_keys.join(",")),
    row("_mandatory_customer_lookup_keys", "_customer_number", KEYS, NO_KEYS, |o| o.general.mandatory_keys.join(",")),
    row("_overwritable_options", "", &["", "_ttl", "_target,_max_dial_attempts"],
        &["_ttll", "_ttl,", "password", "username", "_service_groups", "_overwritable_options"],
        |o| o.general.overwritable.join(",")),
    row("_paused_services_id", "", NAMED, NO_TEXT, |o| said(&o.general.paused_services)),
    row("_snooze_duration", "300", YEAR, NO_YEAR, |o| seconds(o.general.snooze)),
    row("_service_groups", "", &["", "Sales", "Sales,EU"], &["Sales,", "a\nb"], |o| o.general.groups.join(",")),
    row("username", "", &["", "ivr"], &["a:b", "a\nb", "…"], |o| said(&o.general.access.username)),
    row("password", "", &["", "p:$w$d"], &["a\nb", "…"], |o| said(&o.general.access.password)),
    row("_reject_past_desired_time", "false", SWITCH, NO_SWITCH, |o| o.reject_past_desired_time.to_string()),
];

#[rustfmt::skip]
pub const NOTIFICATION: &[Row] = &[
    row("_enable_status_notification", "false", &["false", "subscribe_notify", "notify"],
        &["", "true", "subscribe"], |o| mode(o.notification.mode)),
    row("_status_notification_type", "httpcb", &["httpcb", "orscb", "customhttp", "amqp"], &["", "HTTPCB", "smtp"],
        |o| o.notification.kind.as_str().to_owned()),
    row("_status_notification_target", "", &["", "http://127.0.0.1:1664/test", "<your URL>", "00FAVH4I"],
        &["http://a\nb"], |o| said(&o.notification.target)),
    row("_status_notification_provider", "", TEXT, NO_TEXT, |o| said(&o.notification.provider)),
    row("_status_notification_debug", "false", SWITCH, NO_SWITCH, |o| o.notification.debug.to_string()),
    row("_status_notification_language", "", TEXT, NO_TEXT, |o| said(&o.notification.language)),
    row("_status_notification_envelope", "false", SWITCH, NO_SWITCH, |o| o.notification.envelope.to_string()),
    row("_callback_events_list", "", &["", "GMS_Events"], NO_TEXT, |o| said(&o.notification.events_list)),
    row("_push_notification_type", "", &["", "customhttp", "httpcb"], &["orscb", "amqp"],
        |o| o.notification.push.kind.map(|kind| kind.as_str().to_owned()).unwrap_or_default()),
    row("_push_notification_provider", "", &["", "push"], NO_TEXT, |o| said(&o.notification.push.provider)),
    row("_push_notification_target", "", &["", "http://crm.example/ask"], NO_TEXT, |o| said(&o.notification.push.target)),
    row("_max_notify_delivery_attempts", "", &["", "1", "99"], &["0", "100", "-1", "two"],
        |o| o.notification.max_attempts.map(|n| n.to_string()).unwrap_or_default()),
    row("_enable_notification_reminder", "false", SWITCH, NO_SWITCH, |o| o.notification.reminder.to_string()),
    row("_notification_reminder_buffer", "300", YEAR, NO_YEAR, |o| seconds(o.notification.reminder_buffer)),
];

#[rustfmt::skip]
pub const SCHEDULED: &[Row] = &[
    row("_request_time_bucket", "5", &["5", "10", "15", "20", "30", "60", "120"], &["", "0", "1", "7", "45", "121"],
        |o| o.scheduled.bucket.minutes().to_string()),
    row("_max_request_by_time_bucket", "100", MANY, NO_MANY, |o| o.scheduled.per_bucket.to_string()),
    row("_request_execution_time_buffer", "120", ANY_SECONDS, NO_SECONDS, |o| seconds(o.scheduled.execution_buffer)),
    row("_desired_connect_time_threshold", "0", ANY_SECONDS, NO_SECONDS, |o| seconds(o.scheduled.connect_threshold)),
    row("_request_ewt_service", "", NAMED, NO_TEXT, |o| said(&o.scheduled.ewt_service)),
    row("_request_queue_time_stat", "", NAMED, NO_TEXT, |o| said(&o.scheduled.queue_time_stat)),
    row("_reject_future_desired_time", "1M", &["", "1y", "2w", "10d", "36h", "90m"], &["0d", "1", "M", "1 M", "11y", "-1d"],
        horizon),
    row("_max_ors_submit_attempts", "3", TO_99, NO_TO_99, |o| o.max_submits.to_string()),
];

#[rustfmt::skip]
pub const ADMISSION: &[Row] = &[
    row("_default_country", "US", &["US", "DE"], &["", "U", "USA", "1U", "ä", "ZZ"], |o| o.admission.numbers.country.to_string()),
    row("_disallow_impossible_phone_numbers", "true", SWITCH, NO_SWITCH, |o| o.admission.numbers.refuse_impossible.to_string()),
    row("_disallow_premium_phone_numbers", "true", SWITCH, NO_SWITCH, |o| o.admission.numbers.refuse_premium.to_string()),
    row("_disallow_special_phone_numbers", "true", SWITCH, NO_SWITCH, |o| o.admission.numbers.refuse_special.to_string()),
    row("_callable_countries", "", &["", "*", "US", "US,CA,DE"], &["USA", "US,,CA", "US;CA", "ZZ", "*,US"],
        |o| o.admission.numbers.callable.to_string()),
    row("_enable_in_queue_checking", "true", &["true", "strict", "false"], &["", "2"],
        |o| o.admission.in_queue.as_str().to_owned()),
    row("_enable_reject_out_of_office_hours", "false", SWITCH, NO_SWITCH,
        |o| o.admission.refuse_out_of_office.to_string()),
    row("_max_queued_callbacks_per_service", "1000", MANY, NO_MANY, |o| o.admission.max_queued.to_string()),
    row("_throttle_callbacks_per_service_1", "500", MANY, NO_MANY, |o| o.admission.throttle_1.most.to_string()),
    row("_throttle_ttl_1", "300", YEAR, NO_YEAR, |o| seconds(o.admission.throttle_1.window)),
    row("_throttle_callbacks_per_service_2", "1000", MANY, NO_MANY, |o| o.admission.throttle_2.most.to_string()),
    row("_throttle_ttl_2", "3600", YEAR, NO_YEAR, |o| seconds(o.admission.throttle_2.window)),
    row("_throttle_request_parameters", "_customer_number", &["", "account", "a,b,c,d,e,f,g,h"],
        &["a,,b", "a,b,c,d,e,f,g,h,i"], |o| o.admission.counted_keys.join(",")),
    row("_throttle_request_parameters_limit", "6", MANY, NO_MANY, |o| o.admission.counted_limit.to_string()),
];

#[rustfmt::skip]
pub const QUEUEING: &[Row] = &[
    row("_target", "", &["", "Sales@Stat_Server.GA", "KSippola@Stat_Server.A", "Sales.GA", "Desks@Stat.GP", "8001@Stat.Q"],
        &["Sales", "@Stat.GA", "Sales@Stat.DN", "[]", "[{}]", "[{\"target\": \"Sales\"}]",
          "[{\"target\": \"Sales.GA\", \"time_out\": 3}]"],
        |o| o.target.as_ref().map(ToString::to_string).unwrap_or_default()),
    row("_urs_virtual_queue", "", TEXT, NO_TEXT, |o| o.virtual_queue.clone()),
    row("_urs_queued_ttl", "14400", YEAR, NO_YEAR, |o| seconds(o.queued_ttl)),
    row("_cannot_dial_buffer_time", "0", ANY_SECONDS, NO_SECONDS, |o| seconds(o.queueing.cannot_dial_buffer)),
    row("_min_queue_wait", "0", ANY_SECONDS, NO_SECONDS, |o| seconds(o.queueing.min_wait)),
    row("_max_queue_wait", "0", ANY_SECONDS, NO_SECONDS, |o| seconds(o.queueing.max_wait)),
    row("_eta_pos_threshold", "0:10,10:5,20:2,30:1,40:0", &["0:1", "5:3,60:0"],
        &["", "5", "5:", "a:b", "10:1,5:2", "1:2:3", "0:-1"], thresholds),
    row("_urs_ewt_estimation_method", "", NAMED, NO_TEXT, |o| said(&o.queueing.ewt_method)),
    row("_urs_vq_priority", "0", MANY, NO_MANY, |o| o.queueing.aging.priority.to_string()),
    row("_urs_vq_priority_increment", "0", MANY, NO_MANY, |o| o.queueing.aging.increment.to_string()),
    row("_urs_vq_priority_increment_interval", "60", YEAR, NO_YEAR, |o| seconds(o.queueing.aging.interval)),
    row("_agent_reserve_timeout", "30", HOUR, NO_HOUR, |o| seconds(o.agent_reserve_timeout)),
];

#[rustfmt::skip]
pub const DIALING: &[Row] = &[
    row("_userterminated_first_connect_party", "CUSTOMER", &["CUSTOMER", "AGENT"], &["", "customer"],
        |o| o.dialing.first_party.as_str().to_owned()),
    row("_vq_for_outbound_calls", "", TEXT, NO_TEXT, |o| o.outbound_queue.clone()),
    row("_trunk_group", "default", &["carrier", "x"], &["", "a\nb"], |o| o.dialing.trunk.clone()),
    row("_prefix_dial_out", "", &["", "0", "+49", "12345678"], &["123456789", "0-", "a", "++1"],
        |o| o.dialing.prefix.clone()),
    row("_calling_party_number", "", TEXT, NO_TEXT, |o| said(&o.dialing.calling_number)),
    row("_calling_party_display_name", "", TEXT, NO_TEXT, |o| said(&o.dialing.calling_name)),
    row("_cpd_enable", "true", SWITCH, NO_SWITCH, |o| o.dialing.detect.to_string()),
    row("_cpd_mode", "advisory", &["advisory", "enforce"], &["", "off"], |o| o.dialing.detection.as_str().to_owned()),
    row("_call_timeguard_timeout", "15000", &["1000", "600000"], &["", "999", "600001"],
        |o| o.dialing.guard.as_millis().to_string()),
    row("_max_dial_attempts", "3", TO_99, NO_TO_99, |o| o.dialing.max_attempts.to_string()),
    row("_dial_retry_timeout", "300", ANY_SECONDS, NO_SECONDS, |o| seconds(o.dialing.retry_after)),
    row("_retry_on_busy", "true", SWITCH, NO_SWITCH, |o| o.dialing.retry_on.busy.to_string()),
    row("_retry_on_no_answer", "true", SWITCH, NO_SWITCH, |o| o.dialing.retry_on.no_answer.to_string()),
    row("_retry_on_answering_machine", "true", SWITCH, NO_SWITCH, |o| o.dialing.retry_on.answering_machine.to_string()),
    row("_retry_on_fax", "false", SWITCH, NO_SWITCH, |o| o.dialing.retry_on.fax.to_string()),
    row("_retry_on_error", "true", SWITCH, NO_SWITCH, |o| o.dialing.retry_on.error.to_string()),
    row("_max_transfer_to_agent_attempts", "5", TO_99, NO_TO_99, |o| o.dialing.max_transfers.to_string()),
    row("_max_time_to_wait_for_agent_on_the_call", "3600", YEAR, NO_YEAR, |o| seconds(o.dialing.max_wait_on_line)),
    row("_retain_session_until_ixn_deleted", "false", SWITCH, NO_SWITCH,
        |o| o.dialing.retain_until_call_ends.to_string()),
    row("_plugin_on_dial_url", "", &["", "http://crm.example/dial"], &["http://a\nb"], |o| said(&o.dialing.plugin.0)),
];

#[rustfmt::skip]
pub const MEDIA: &[Row] = &[
    row("_agent_preview", "false", SWITCH, NO_SWITCH, |o| o.preview.wanted.to_string()),
    row("_agent_preview_timeout", "30", HOUR, NO_HOUR, |o| seconds(o.preview.timeout)),
    row("_agent_preview_allow_reject", "true", &["true", "false", "1", "20"], &["", "yes", "-1", "21", "1.5"], rejects),
    row("_agent_reject_retry_timeout", "30", ANY_SECONDS, NO_SECONDS, |o| seconds(o.preview.retry_after_reject)),
    row("_agent_preview_data", "", &["", "account", "account,name"], &["a,,b"], |o| o.preview.data.join(",")),
    row("_enable_disposition_dialog", "false", SWITCH, NO_SWITCH, |o| o.preview.disposition.to_string()),
    row("_agent_disposition_timeout", "45", HOUR, NO_HOUR, |o| seconds(o.preview.disposition_timeout)),
    row("_treatment_customer_connect", "greeting", SOUNDS, NO_SOUNDS, |o| o.treatments.greeting.file.clone()),
    row("_treatment_waiting_for_agent", "music", SOUNDS, NO_SOUNDS, |o| o.treatments.waiting.file.clone()),
    row("_treatment_find_agent_fail", "", SOUNDS, NO_SOUNDS, |o| o.treatments.no_agent.file.clone()),
    row("_treatment_call_failure_answering_machine", "", SOUNDS, NO_SOUNDS, |o| o.treatments.machine.file.clone()),
    row("_resource_group", "DNIS", &["DNIS", "Mobile App"], &["", "a\nb"], |o| o.user_originated.resource_group.clone()),
    row("_provide_code", "false", SWITCH, NO_SWITCH, |o| o.user_originated.code.to_string()),
    row("_userorig_connect_limit", "3", TO_99, NO_TO_99, |o| o.user_originated.connect_limit.to_string()),
    row("_booking_expiration_timeout", "30", HOUR, NO_HOUR, |o| seconds(o.user_originated.booking)),
];

fn rejects(options: &Options) -> String {
    match options.preview.rejects {
        MayReject::Never => "false".to_owned(),
        MayReject::Always => "true".to_owned(),
        MayReject::Times(times) => times.count().to_string(),
    }
}

/// By when a request of the beginning of 1970 may be at the latest.
fn horizon(options: &Options) -> String {
    let start = Timestamp::from_millis(0);
    let latest = options.scheduled.horizon.map(|span| span.after(start));
    let hours = latest.map(|latest| latest.as_millis() / 3_600_000);
    match hours {
        None => "",
        Some(744) => "1M",
        Some(8760) => "1y",
        Some(336) => "2w",
        Some(240) => "10d",
        Some(36) => "36h",
        Some(1) => "90m",
        Some(_) => "another",
    }
    .to_owned()
}

fn thresholds(options: &Options) -> String {
    let pairs = options.queueing.eta_positions.iter();
    let pairs: Vec<_> = pairs
        .map(|(wait, place)| format!("{wait}:{place}"))
        .collect();
    pairs.join(",")
}
