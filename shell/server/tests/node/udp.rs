use super::world::{World, ask_udp, in_time, options};

/// A question to bind. RFC 8489 §5
const KEEP_ALIVE: &[u8] = &[0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

#[tokio::test(flavor = "multi_thread")]
async fn a_trunk_is_answered_and_a_stranger_learns_nothing() {
    let world = World::start().await;
    let trunk = world.udp_peer("127.0.0.1").await;
    assert!(ask_udp(&trunk, 1).await.starts_with("SIP/2.0 200 "));
    let stranger = world.udp_peer("127.0.0.2").await;
    let answer = ask_udp(&stranger, 2).await;
    assert!(answer.starts_with("SIP/2.0 4"), "{answer}");
    assert!(!answer.contains("Trunkline"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_comes_from_the_address_that_was_asked() {
    let world = World::start_at("0.0.0.0:0").await;
    for (number, ip) in [(1, "127.0.0.1"), (2, "127.0.0.7")] {
        let peer = tokio::net::UdpSocket::bind(("127.0.0.1", 0)).await.unwrap();
        // A connected socket hears nobody else.
        peer.connect((ip, world.sip.port())).await.unwrap();
        assert!(ask_udp(&peer, number).await.starts_with("SIP/2.0 200 "), "{ip}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_for_both_families_serves_both() {
    let world = World::start_at("[::]:0").await;
    for (number, ip, status) in [(1, "127.0.0.1", "200"), (2, "::1", "4")] {
        let peer = tokio::net::UdpSocket::bind((ip, 0)).await.unwrap();
        peer.connect((ip, world.sip.port())).await.unwrap();
        let answer = ask_udp(&peer, number).await;
        assert!(answer.starts_with(&format!("SIP/2.0 {status}")), "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn peers_that_are_gone_before_the_answer_end_nothing() {
    let world = World::start().await;
    let witness = world.udp_peer("127.0.0.1").await;
    for number in 0..50 {
        let peer = world.udp_peer("127.0.0.1").await;
        peer.send(options("UDP", 1_000 + number).as_bytes()).await.unwrap();
        // The answer meets a closed port, which the kernel tells the node.
        drop(peer);
        assert!(ask_udp(&witness, number).await.starts_with("SIP/2.0 200 "));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn noise_gets_no_answer() {
    let world = World::start().await;
    let peer = world.udp_peer("127.0.0.1").await;
    // Another kind of STUN, and a question that demands what nobody here knows.
    let mut stun = KEEP_ALIVE.to_vec();
    stun[1] = 2;
    let mut demand = KEEP_ALIVE.to_vec();
    demand[3] = 4;
    demand.extend([0, 3, 0, 0]);
    for noise in [b"\r\n\r\n".as_slice(), &stun, &demand, b"", b"\0", &[0xff; 1_400], b"GET / HTTP/1.1\r\n\r\n"] {
        peer.send(noise).await.unwrap();
    }
    let answer = ask_udp(&peer, 7).await;
    assert!(answer.contains("z9hG4bK7"), "the first answer is to the first request: {answer}");
}

/// RFC 5626 §3.5.2
#[tokio::test(flavor = "multi_thread")]
async fn a_keep_alive_is_told_where_it_came_from() {
    let world = World::start().await;
    let peer = world.udp_peer("127.0.0.1").await;
    peer.send(KEEP_ALIVE).await.unwrap();
    let mut buffer = [0; 100];
    let n_bytes = in_time("an answer", peer.recv(&mut buffer)).await.unwrap();
    let [high, low] = peer.local_addr().unwrap().port().to_be_bytes();
    let mut expected = [&[1, 1, 0, 12], &KEEP_ALIVE[4..], &[0, 0x20, 0, 8, 0, 1]].concat();
    expected.extend([high ^ 0x21, low ^ 0x12, 127 ^ 0x21, 0x12, 0xa4, 1 ^ 0x42]);
    assert_eq!(buffer[..n_bytes], expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_burst_larger_than_a_batch_is_answered_whole() {
    const N: u32 = 500;
    let world = World::start().await;
    let peer = world.udp_peer("127.0.0.1").await;
    let mut buffer = [0; 2_048];
    let mut seen = std::collections::BTreeSet::new();
    for number in 0..N {
        peer.send(format!("\r\n{}", options("UDP", number)).as_bytes()).await.unwrap();
    }
    while seen.len() < N as usize {
        let n_bytes = in_time("an answer", peer.recv(&mut buffer)).await.unwrap();
        let text = std::str::from_utf8(&buffer[..n_bytes]).unwrap();
        seen.insert(text.lines().find(|line| line.starts_with("Call-ID")).unwrap().to_owned());
    }
}
