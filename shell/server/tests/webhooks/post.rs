use server::net::outward::{Barred, Outward, Reach};
use server::webhooks::message::Message;
use server::webhooks::post::*;

#[test]
fn a_signature_is_what_others_compute() {
    // Computed by another implementation of HMAC-SHA-256.
    let signature = sign(b"secret", "msg_1", 1_700_000_000, "{\"a\":1}");
    assert_eq!(signature, "v1,Q5nZ7DiOGwijBBqvBVAK6c0zDr2JLkXI7TaV4f+Q2vY=");
}

#[tokio::test]
async fn nothing_is_sent_into_the_own_network() {
    let public = Outward::new(Reach::Public);
    let message = Message { id: "1".to_owned(), body: "{}".to_owned() };
    for url in [
        "https://127.0.0.1:1/",
        "https://[::1]:1/",
        "https://10.0.0.1/",
        "https://169.254.169.254/",
        "https://localhost:1/",
        "https://0x7f000001:1/",
        "https://2130706433:1/",
        "https://127.1:1/",
        "https://[::ffff:127.0.0.1]:1/",
    ] {
        let refused = post(&public, url, b"x", &message).await;
        assert!(matches!(refused, Err(Undelivered::Barred(Barred::NotPublic { .. }))), "{url}: {refused:?}");
    }
    let plain = post(&public, "http://93.184.216.34/", b"x", &message).await;
    assert!(matches!(plain, Err(Undelivered::Barred(Barred::NotSecure))));
}
