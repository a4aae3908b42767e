//! `ringback up` of one test's own.

use std::process::Command;

use super::{Client, Process, RINGBACK, free_port};

const IN_MEMORY: [&str; 2] = ["--store", "memory:"];

/// Everything in one process, in a temporary folder.
pub struct Up {
    pub client: Client,
    pub process: Process,
    pub folder: tempfile::TempDir,
    url: String,
}

impl Up {
    /// With this configuration and the simulated phone network at this pace.
    pub async fn start(config: &str, pace: &str) -> Self {
        Self::start_with(config, pace, &IN_MEMORY).await
    }

    /// With more arguments; on a store in its folder, unless they say something else.
    pub async fn start_with(config: &str, pace: &str, more: &[&str]) -> Self {
        Self::run(tempfile::tempdir().unwrap(), config, pace, more).await
    }

    /// In a folder that holds what the configuration names.
    pub async fn start_in(folder: tempfile::TempDir, config: &str, pace: &str) -> Self {
        Self::run(folder, config, pace, &IN_MEMORY).await
    }

    async fn run(folder: tempfile::TempDir, config: &str, pace: &str, more: &[&str]) -> Self {
        std::fs::write(folder.path().join("ringback.toml"), config).unwrap();
        let listen = free_port();
        let (api, telephony) = (listen.to_string(), format!("sim:?{pace}"));
        let up = ["up", "--listen", &api, "--telephony", &telephony];
        let config = ["--config", "ringback.toml"];
        let process = Process::start(folder.path(), &[&up[..], &config, more].concat());
        let client = Client::new(listen);
        client.until_ready().await;
        let url = format!("http://{listen}");
        Self {
            client,
            process,
            folder,
            url,
        }
    }

    /// Everything it has logged.
    pub fn said(&self) -> String {
        self.process.said()
    }

    /// What the command line says about this Ringback, and whether it worked.
    pub fn say(&self, arguments: &[&str]) -> (bool, String) {
        let mut command = Command::new(RINGBACK);
        let command = command.args(arguments).args(["--url", &self.url]);
        let output = command
            .env_clear()
            .current_dir(self.folder.path())
            .output()
            .unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8(said).unwrap())
    }
}
