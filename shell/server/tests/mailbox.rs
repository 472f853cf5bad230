use std::sync::Arc;

use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

use server::mailbox::*;

#[test]
fn a_sleeper_misses_nothing_and_is_woken_at_most_once_for_each_sleep() {
    const N: u64 = 20_000;
    let bell = Arc::new(Bell::new().unwrap());
    let mailbox = Arc::new(Mailbox::new(bell.clone()));
    let fill = mailbox.clone();
    let filler = std::thread::spawn(move || {
        for number in 0..N {
            fill.append(&mut vec![number]);
            if number % 64 == 0 {
                std::thread::yield_now();
            }
        }
    });
    let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC).unwrap();
    epoll.add(bell.event(), EpollEvent::new(EpollFlags::EPOLLIN, 0)).unwrap();
    let (mut seen, mut batch) = (0, Vec::new());
    while seen < N {
        bell.fall_asleep();
        if !mailbox.is_filled() {
            let mut events = [EpollEvent::empty(); 1];
            // A lost wake-up shows as this time-out.
            assert_eq!(epoll.wait(&mut events, EpollTimeout::from(10_000_u16)).unwrap(), 1);
        }
        bell.wake_up();
        mailbox.take(&mut batch);
        for number in batch.drain(..) {
            assert_eq!(number, seen, "in order");
            seen += 1;
        }
    }
    filler.join().unwrap();
}
