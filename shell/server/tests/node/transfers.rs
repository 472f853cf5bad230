//! A transfer between calls whose sound is on different media threads.

use std::sync::atomic::Ordering;

use super::people::QUEUE_NUMBER;
use super::phone::Phone;
use super::world::{World, in_time, until};

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_joins_his_caller_with_a_colleague_on_another_media_thread() {
    let world = World::start_with_two_media_threads().await;
    let mut outside = Phone::at("127.0.0.1", world.sip, "+12065550111").await;
    let mut agent = Phone::at("127.0.0.2", world.sip, "102").await;
    let mut colleague = Phone::at("127.0.0.3", world.sip, "103").await;
    agent.register().await;
    colleague.register().await;
    let (_, held) = tokio::join!(outside.call(QUEUE_NUMBER), agent.answer());
    let ((_, asked), _) = tokio::join!(agent.call("103"), colleague.answer());

    let callers = say(&world, &mut outside, 1).await;
    assert_ne!(say(&world, &mut colleague, 2).await, callers);
    agent.transfer(held, asked).await;
    assert_eq!(talk(&world, &mut outside, &mut colleague, 3).await, callers);
    assert_eq!(talk(&world, &mut colleague, &mut outside, 4).await, callers, "the colleague moved");
}

/// Speaks until the other one hears it; which media thread read what was heard.
async fn talk(world: &World, speaker: &mut Phone, listener: &mut Phone, voice: u8) -> usize {
    in_time("the sound", async {
        loop {
            let thread = say(world, speaker, voice).await;
            if listener.has_heard(voice) {
                return thread;
            }
        }
    })
    .await
}

/// Says one packet; which media thread read it. It has sent it on by then, if anybody is to hear it.
async fn say(world: &World, phone: &mut Phone, voice: u8) -> usize {
    let read = || [0, 1].map(|at: usize| world.node.traffic()[at].packets_received.load(Ordering::Relaxed));
    let before = read();
    phone.say(voice).await;
    until("the packet is read", || read() != before).await;
    usize::from(read()[1] != before[1])
}
