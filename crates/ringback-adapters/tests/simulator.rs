//! The simulated phone network as its users see it: in this process, and over a real socket.

#[cfg(test)]
mod simulator {
    mod in_process;
    mod lost;
    mod proxy;
    mod remote;
    mod rig;
}
