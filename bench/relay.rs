//! The limit for any relay in user space: one socket for each leg, a packet in, the same packet out, nothing else.

use std::net::{SocketAddr, UdpSocket};
use std::os::fd::AsFd as _;

use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

use crate::wire;

/// Where leg `index` of the relay hears: callers even, answerers odd.
pub fn address(index: usize) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 45_000 + index as u16))
}

/// Relays between `n_pairs` pairs of sockets for ever. Peers are learnt from the first packet.
pub fn run(n_pairs: usize) -> ! {
    let sockets: Vec<UdpSocket> = (0..2 * n_pairs).map(|index| wire::bind(address(index))).collect();
    let epoll = Epoll::new(EpollCreateFlags::empty()).expect("epoll");
    for (index, socket) in sockets.iter().enumerate() {
        epoll.add(socket.as_fd(), EpollEvent::new(EpollFlags::EPOLLIN, index as u64)).expect("epoll takes a socket");
    }
    let mut peers: Vec<Option<SocketAddr>> = vec![None; sockets.len()];
    let mut events = vec![EpollEvent::empty(); 256];
    let mut buffer = [0_u8; 2_048];
    println!("ready");
    loop {
        let n_events = epoll.wait(&mut events, EpollTimeout::NONE).unwrap_or(0);
        for event in &events[..n_events] {
            let index = event.data() as usize;
            let Ok((length, from)) = sockets[index].recv_from(&mut buffer) else { continue };
            peers[index] = Some(from);
            let other = index ^ 1;
            if let Some(peer) = peers[other] {
                let _ = sockets[other].send_to(&buffer[..length], peer);
            }
        }
    }
}
