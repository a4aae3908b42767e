//! Machines whose clocks are off: libfaketime moves the wall clock of one process, and leaves its timers alone.

use std::io::Write;
use std::path::PathBuf;

/// How far the clock of a process is off.
#[derive(Clone)]
pub struct Skew {
    library: PathBuf,
    offset: &'static str,
}

impl Skew {
    /// `+5s` is ahead, `-0.5s` behind; `None`, and a word about it, where libfaketime is not installed.
    pub fn of(offset: &'static str) -> Option<Self> {
        let folders = std::fs::read_dir("/usr/lib").into_iter().flatten();
        let places = folders.map(|it| it.unwrap().path().join("faketime/libfaketime.so.1"));
        let library = places.into_iter().find(|it| it.exists());
        if library.is_none() {
            // Not by a macro, whose words the test runner keeps to itself when a test passes.
            let told = writeln!(
                std::io::stderr(),
                "left out: a clock that is off needs libfaketime (./tests/run installs it)"
            );
            told.unwrap();
        }
        Some(Self {
            library: library?,
            offset,
        })
    }

    /// What a process is started with.
    pub fn environment(&self) -> [(&'static str, String); 4] {
        [
            ("LD_PRELOAD", self.library.display().to_string()),
            ("FAKETIME", self.offset.to_owned()),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
            // What it shares with its children would be left by one that is killed.
            ("FAKETIME_DISABLE_SHM", "1".to_owned()),
        ]
    }
}
