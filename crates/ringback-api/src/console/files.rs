//! The files, each read, packed and named by its content once a process.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Write;
use std::sync::OnceLock;

use flate2::Compression;
use flate2::write::GzEncoder;
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

/// What `console/build` has made. A folder that is missing is an error of the compiler.
#[derive(RustEmbed)]
#[folder = "console/dist"]
struct Dist;

/// Files whose pack is not smaller by so much are sent as they are, in percent.
const WORTH_PACKING: usize = 95;

/// A file.
pub struct File {
    /// What is in it.
    pub plain: Cow<'static, [u8]>,
    /// The same with gzip, where that is smaller.
    pub packed: Option<Vec<u8>>,
    /// Its media type.
    pub kind: &'static str,
    /// Its entity tag, with quotes.
    pub tag: String,
}

/// The file of this name. Nothing else is looked at than what was embedded.
pub fn find(name: &str) -> Option<&'static File> {
    static FILES: OnceLock<BTreeMap<String, File>> = OnceLock::new();
    FILES.get_or_init(read).get(name)
}

fn read() -> BTreeMap<String, File> {
    let named = |name: Cow<'static, str>| {
        let plain = Dist::get(&name)?.data;
        let sum = Sha256::digest(&plain);
        let digits: String = sum[..16].iter().map(|byte| format!("{byte:02x}")).collect();
        let file = File {
            packed: pack(&plain),
            kind: kind(&name),
            tag: format!("\"{digits}\""),
            plain,
        };
        Some((name.into_owned(), file))
    };
    Dist::iter().filter_map(named).collect()
}

fn pack(plain: &[u8]) -> Option<Vec<u8>> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    packer.write_all(plain).ok()?;
    let packed = packer.finish().ok()?;
    (packed.len() * 100 < plain.len() * WORTH_PACKING).then_some(packed)
}

fn kind(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "json" => "application/json",
        "woff2" => "font/woff2",
        _ => "text/plain; charset=utf-8",
    }
}
