//! The console is embedded as it was built: another build of it is another binary.

fn main() {
    println!("cargo::rerun-if-changed=console/dist");
}
