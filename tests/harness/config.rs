//! Configurations of tests.

/// Options of a service that takes whatever comes, however often.
pub const FREELY: &str = "_enable_in_queue_checking = \"false\"\n_max_queued_callbacks_per_service = 1000000\n\
                          _throttle_callbacks_per_service_1 = 0\n_throttle_callbacks_per_service_2 = 0\n\
                          _throttle_request_parameters_limit = 0\n";

/// One service without limits, `now`, that dials at once, with these lines of options more; so many agents stand ready
/// for it.
pub fn sales(options: &str, agents: usize) -> String {
    let service = "[services.now]\ntemplate = \"User Terminated Immediate\"\n_target = \"Sales@Stat.GA\"\n\
                   _request_execution_time_buffer = 0\n";
    format!("{service}{FREELY}{options}\n{}", ready_agents(agents))
}

/// So many agents of the group `Sales`, ready.
pub fn ready_agents(count: usize) -> String {
    let agent =
        |n| format!("[agents.a{n}]\ngroups = [\"Sales\"]\ndn = \"70{n:02}\"\nstate = \"ready\"\n");
    (0..count).map(agent).collect()
}
