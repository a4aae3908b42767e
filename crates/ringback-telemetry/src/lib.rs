//! Temporary.
pub mod counters {
    #[derive(Default, Debug)]
    pub struct Counters;
    impl Counters {
        pub fn store_call(&self) {}
        pub fn commit_conflict(&self) {}
        pub fn published(&self, _: u64) {}
        pub fn handled(&self) {}
    }
}
pub mod names {
    pub fn http_span(_: &str, _: &str) -> tracing::Span {
        tracing::Span::none()
    }
    pub fn publish_span(_: &str, _: &str) -> tracing::Span {
        tracing::Span::none()
    }
    pub fn process_span(_: &str, _: Option<&str>) -> tracing::Span {
        tracing::Span::none()
    }
    pub fn callback_span(_: &'static str, _: &str, _: u32, _: Option<&str>) -> tracing::Span {
        tracing::Span::none()
    }
}
pub mod propagation {
    use std::collections::BTreeMap;
    pub fn inject(_: &mut BTreeMap<String, String>) {}
    pub fn current_traceparent() -> Option<String> {
        None
    }
    pub fn continue_from(_: &tracing::Span, _: &BTreeMap<String, String>) {}
    pub fn link_from(_: &tracing::Span, _: &BTreeMap<String, String>) {}
}
pub mod extra {}
