//! SIP over UDP: one socket, read and written in batches by the switch thread itself.

use std::io::{self, IoSlice, IoSliceMut};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};
use std::os::fd::{AsRawFd as _, RawFd};

use bytes::Bytes;
use nix::errno::Errno;
use nix::libc;
use nix::sys::socket::{
    ControlMessage, ControlMessageOwned, MsgFlags, MultiHeaders, SockaddrStorage, recvmmsg, recvmsg, sendmmsg,
    setsockopt, sockopt,
};
use sip::limits::MESSAGE_BYTES_MAX;

/// Datagrams taken or sent by one system call.
const BATCH: usize = 32;
/// Datagrams that wait for a full socket; those beyond are lost, as UDP allows.
const WAITING_MAX: usize = 8_192;
/// Room for a burst of some thousand messages while a batch is handled; the system's limit may be lower.
const SOCKET_BYTES: usize = 8 * 1024 * 1024;

/// A bound socket with its batches.
pub struct UdpSocket {
    socket: std::net::UdpSocket,
    local: SocketAddr,
    /// Bound to an unspecified address: each datagram tells which of our addresses it reached.
    is_wildcard: bool,
    headers_in: MultiHeaders<SockaddrStorage>,
    headers_out: MultiHeaders<SockaddrStorage>,
    /// With room for the address to send from, and no more: what is left over would be read as control data.
    headers_from: MultiHeaders<SockaddrStorage>,
    buffers: Vec<Box<[u8]>>,
    waiting: std::collections::VecDeque<Outgoing>,
    /// The socket's buffer is full: wait until it can be written.
    is_full: bool,
}

/// A datagram that came.
pub struct Incoming {
    pub remote: SocketAddr,
    pub local: SocketAddr,
    pub packet: Bytes,
}

struct Outgoing {
    remote: SockaddrStorage,
    /// The address to send from; none leaves it to the route.
    from: Option<IpAddr>,
    packet: Bytes,
}

/// Binds the socket for SIP over UDP.
pub fn bind(address: SocketAddr) -> io::Result<std::net::UdpSocket> {
    let socket = std::net::UdpSocket::bind(address)?;
    socket.set_nonblocking(true)?;
    enlarge(&socket);
    // Hears of refused and unreachable peers, so that the next target is tried at once instead of after 32 s.
    if address.is_ipv6() {
        setsockopt(&socket, sockopt::Ipv6RecvErr, &true)?;
    } else {
        setsockopt(&socket, sockopt::Ipv4RecvErr, &true)?;
    }
    if address.ip().is_unspecified() {
        if address.is_ipv6() {
            setsockopt(&socket, sockopt::Ipv6RecvPacketInfo, &true)?;
        } else {
            setsockopt(&socket, sockopt::Ipv4PacketInfo, &true)?;
        }
    }
    Ok(socket)
}

impl UdpSocket {
    /// Takes a socket of [`bind`].
    pub fn new(socket: std::net::UdpSocket) -> io::Result<Self> {
        let local = socket.local_addr()?;
        let is_wildcard = local.ip().is_unspecified();
        let control = || match (is_wildcard, local) {
            (false, _) => None,
            (true, SocketAddr::V4(_)) => Some(nix::cmsg_space!(libc::in_pktinfo)),
            (true, SocketAddr::V6(_)) => Some(nix::cmsg_space!(libc::in6_pktinfo)),
        };
        Ok(Self {
            socket,
            local,
            is_wildcard,
            headers_in: MultiHeaders::preallocate(BATCH, control()),
            headers_out: MultiHeaders::preallocate(BATCH, None),
            headers_from: MultiHeaders::preallocate(BATCH, control()),
            buffers: (0..BATCH).map(|_| vec![0; MESSAGE_BYTES_MAX].into_boxed_slice()).collect(),
            waiting: std::collections::VecDeque::new(),
            is_full: false,
        })
    }

    pub fn socket(&self) -> &std::net::UdpSocket {
        &self.socket
    }

    /// Takes a batch of datagrams. Returns whether there may be more.
    pub fn receive(&mut self, into: &mut Vec<Incoming>) -> bool {
        let (fd, local, is_wildcard) = (self.fd(), self.local, self.is_wildcard);
        let mut slices: Vec<[IoSliceMut<'_>; 1]> =
            self.buffers.iter_mut().map(|buffer| [IoSliceMut::new(buffer)]).collect();
        let received = recvmmsg(fd, &mut self.headers_in, slices.iter_mut(), MsgFlags::MSG_DONTWAIT, None);
        let Ok(messages) = received else {
            // Nothing there, interrupted, or an error of an earlier datagram: the next turn finds what is left.
            return false;
        };
        let mut n = 0;
        for message in messages {
            n += 1;
            let Some(remote) = message.address.as_ref().and_then(to_socket_addr) else { continue };
            let Some(bytes) = message.iovs().next().and_then(worth_reading) else { continue };
            let local = if is_wildcard { local_address(message.cmsgs(), local) } else { local };
            into.push(Incoming { remote, local, packet: Bytes::copy_from_slice(bytes) });
        }
        n == BATCH
    }

    /// Queues a datagram; `flush` sends it.
    pub fn push(&mut self, remote: SocketAddr, from: Option<IpAddr>, packet: Bytes) {
        if self.waiting.len() < WAITING_MAX {
            let remote = to_storage(remote, self.local.is_ipv6());
            let from = from.filter(|ip| self.is_wildcard && !ip.is_unspecified());
            self.waiting.push_back(Outgoing { remote, from, packet });
        }
    }

    /// Sends what is queued, as much as the socket takes.
    pub fn flush(&mut self) {
        while let Some(first) = self.waiting.front() {
            let from = first.from;
            let batch = || self.waiting.iter().take(BATCH).take_while(|one| one.from == from);
            let slices: Vec<[IoSlice<'_>; 1]> = batch().map(|one| [IoSlice::new(&one.packet)]).collect();
            let remotes: Vec<Option<SockaddrStorage>> = batch().map(|one| Some(one.remote)).collect();
            let headers = if from.is_some() { &mut self.headers_from } else { &mut self.headers_out };
            let sent = send_batch(self.socket.as_raw_fd(), headers, &slices, &remotes, from, self.local);
            match sent {
                Ok(n) => {
                    self.waiting.drain(..n.max(1).min(self.waiting.len()));
                }
                Err(Errno::EAGAIN | Errno::ENOBUFS) => {
                    self.is_full = true;
                    return;
                }
                Err(Errno::EINTR) => {}
                // An error of an earlier datagram, told here and in the error queue: this one was not sent.
                Err(Errno::ECONNREFUSED) => {}
                // Too large, no route, a firewall: this one can't be sent. Retransmission or its time-out deals with it.
                Err(_) => {
                    self.waiting.pop_front();
                }
            }
        }
        self.is_full = false;
    }

    /// Whether something waits until the socket can be written.
    pub fn is_full(&self) -> bool {
        self.is_full
    }

    /// Takes the peers that refused datagrams or can't be reached from the socket's error queue.
    pub fn take_errors(&mut self, unreachable: &mut Vec<SocketAddr>) {
        let mut control = nix::cmsg_space!(libc::sock_extended_err, libc::sockaddr_in6, libc::in6_pktinfo);
        // The queue holds a bounded number; more come with the next turn.
        for _ in 0..BATCH {
            let mut byte = [0; 1];
            let mut slices = [IoSliceMut::new(&mut byte)];
            let flags = MsgFlags::MSG_ERRQUEUE | MsgFlags::MSG_DONTWAIT;
            let Ok(message) = recvmsg::<SockaddrStorage>(self.fd(), &mut slices, Some(&mut control), flags) else {
                return;
            };
            let is_lost = message.cmsgs().is_ok_and(|mut all| all.any(|control| is_unreachable(&control)));
            if is_lost && let Some(remote) = message.address.as_ref().and_then(to_socket_addr) {
                unreachable.push(remote);
            }
        }
    }

    fn fd(&self) -> RawFd {
        self.socket.as_raw_fd()
    }
}

fn enlarge(socket: &std::net::UdpSocket) {
    // Best effort: an unprivileged process gets what the system's limit allows.
    if setsockopt(socket, sockopt::RcvBufForce, &SOCKET_BYTES).is_err() {
        let _ = setsockopt(socket, sockopt::RcvBuf, &SOCKET_BYTES);
    }
    let _ = setsockopt(socket, sockopt::SndBuf, &SOCKET_BYTES);
}

/// A datagram without the line ends before it; none if it is nothing but those, or noise.
fn worth_reading(datagram: &[u8]) -> Option<&[u8]> {
    if media::stun::is_stun(datagram) {
        return Some(datagram);
    }
    let blank = datagram.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    datagram.get(blank..).filter(|rest| rest.first().is_some_and(u8::is_ascii_graphic))
}

fn local_address(controls: nix::Result<nix::sys::socket::CmsgIterator<'_>>, bound: SocketAddr) -> SocketAddr {
    let Ok(controls) = controls else { return bound };
    for control in controls {
        if let ControlMessageOwned::Ipv4PacketInfo(info) = control {
            return SocketAddr::new(Ipv4Addr::from(info.ipi_addr.s_addr.to_ne_bytes()).into(), bound.port());
        }
        if let ControlMessageOwned::Ipv6PacketInfo(info) = control {
            return SocketAddr::new(Ipv6Addr::from(info.ipi6_addr.s6_addr).to_canonical(), bound.port());
        }
    }
    bound
}

fn is_unreachable(control: &ControlMessageOwned) -> bool {
    let errno = if let ControlMessageOwned::Ipv4RecvErr(error, _) = control {
        error.ee_errno
    } else if let ControlMessageOwned::Ipv6RecvErr(error, _) = control {
        error.ee_errno
    } else {
        return false;
    };
    let errno = Errno::from_raw(i32::try_from(errno).unwrap_or(0));
    // RFC 3261 §18.4: unreachable and refused count, time exceeded and too large don't.
    matches!(errno, Errno::ECONNREFUSED | Errno::EHOSTUNREACH | Errno::ENETUNREACH | Errno::ENOPROTOOPT)
}

fn send_batch(
    fd: RawFd,
    headers: &mut MultiHeaders<SockaddrStorage>,
    slices: &[[IoSlice<'_>; 1]],
    remotes: &[Option<SockaddrStorage>],
    from: Option<IpAddr>,
    local: SocketAddr,
) -> nix::Result<usize> {
    let flags = MsgFlags::MSG_DONTWAIT;
    match (from, local) {
        (Some(IpAddr::V4(ip)), SocketAddr::V4(_)) => {
            let address = libc::in_addr { s_addr: u32::from_ne_bytes(ip.octets()) };
            let info = libc::in_pktinfo { ipi_ifindex: 0, ipi_spec_dst: address, ipi_addr: address };
            let control = [ControlMessage::Ipv4PacketInfo(&info)];
            sendmmsg(fd, headers, slices, remotes, control, flags).map(Iterator::count)
        }
        (Some(ip), SocketAddr::V6(_)) => {
            let ip = match ip {
                IpAddr::V4(ip) => ip.to_ipv6_mapped(),
                IpAddr::V6(ip) => ip,
            };
            let info = libc::in6_pktinfo { ipi6_addr: libc::in6_addr { s6_addr: ip.octets() }, ipi6_ifindex: 0 };
            let control = [ControlMessage::Ipv6PacketInfo(&info)];
            sendmmsg(fd, headers, slices, remotes, control, flags).map(Iterator::count)
        }
        (Some(IpAddr::V6(_)), SocketAddr::V4(_)) | (None, _) => {
            sendmmsg(fd, headers, slices, remotes, [], flags).map(Iterator::count)
        }
    }
}

/// A socket for both families knows IPv4 peers by their mapped addresses; we don't.
fn to_socket_addr(storage: &SockaddrStorage) -> Option<SocketAddr> {
    if let Some(v4) = storage.as_sockaddr_in() {
        return Some(SocketAddr::new(v4.ip().into(), v4.port()));
    }
    let v6 = storage.as_sockaddr_in6()?;
    match v6.ip().to_ipv4_mapped() {
        Some(ip) => Some(SocketAddr::new(ip.into(), v6.port())),
        None => Some(SocketAddrV6::new(v6.ip(), v6.port(), v6.flowinfo(), v6.scope_id()).into()),
    }
}

fn to_storage(address: SocketAddr, is_ipv6_socket: bool) -> SockaddrStorage {
    match address {
        SocketAddr::V4(v4) if is_ipv6_socket => {
            SockaddrStorage::from(SocketAddrV6::new(v4.ip().to_ipv6_mapped(), v4.port(), 0, 0))
        }
        SocketAddr::V4(v4) => SockaddrStorage::from(v4),
        SocketAddr::V6(v6) => SockaddrStorage::from(v6),
    }
}
