//! Configurations of tests.

/// One service, `now`, that dials at once, with these lines of options more; so many agents stand ready for it.
pub fn sales(options: &str, agents: usize) -> String {
    let service = "[services.now]\ntemplate = \"User Terminated Immediate\"\n_target = \"Sales@Stat.GA\"\n\
                   _request_execution_time_buffer = 0\n";
    format!("{service}{options}\n{}", ready_agents(agents))
}

/// So many agents of the group `Sales`, ready.
pub fn ready_agents(count: usize) -> String {
    let agent =
        |n| format!("[agents.a{n}]\ngroups = [\"Sales\"]\ndn = \"70{n:02}\"\nstate = \"ready\"\n");
    (0..count).map(agent).collect()
}
