//! What waiting callers are told.

use std::time::Duration;

use phone::apps::prompt::Playable;
use phone::apps::queue::{Announcement, Announcements, Effect, Event, Settings};

use super::office::*;

#[test]
fn callers_are_told_their_place_and_wait_between_music_and_music() {
    let told =
        Announcements { every_secs: 30, tells_place: true, tells_wait: true, comfort: vec![prompt(8), prompt(9)] };
    let agents = vec![agent(ANN)];
    let mut office = Office::new([Settings { announcements: Some(told), agents, ..settings(SALES) }]);
    office.join(SALES, 1);
    office.answer(1, ANN);
    office.out.clear();
    let says = |number, said: &[Announcement], comfort| {
        let said = said.iter().copied().map(Playable::Announcement);
        Effect::Announce { call: call(number), playables: said.chain([configured(comfort)]).collect() }
    };
    office.join(SALES, 2);
    office.pass(1);
    office.join(SALES, 3);
    office.wants(&[music(2), music(3)]);
    office.pass(30);
    office.wants(&[says(2, &[Announcement::Place(1)], 8), says(3, &[Announcement::Place(2)], 8)]);
    office.pass(60);
    office.wants(&[]);
    office.event(Event::Played { call: call(2) });
    office.event(Event::Played { call: call(3) });
    office.wants(&[music(2), music(3)]);
    // The first call has taken a minute and a half.
    office.event(released(SALES, ANN));
    office.answer(2, ANN);
    office.out.clear();
    office.pass(30);
    office.wants(&[says(3, &[Announcement::Place(1), Announcement::WaitMinutes(2)], 9)]);
    office.event(Event::Leave { call: call(3) });
    office.event(Event::Played { call: call(3) });
    office.wants(&[]);
    assert_eq!(office.queues.next_deadline(), None);
}

#[test]
fn waits_are_never_said_to_be_shorter_than_they_are() {
    for (secs, said) in [
        (0, Announcement::WaitMinutes(1)),
        (60, Announcement::WaitMinutes(1)),
        (61, Announcement::WaitMinutes(2)),
        (11 * 60, Announcement::WaitMinutes(15)),
        (3_600, Announcement::WaitMinutes(60)),
        (3_601, Announcement::WaitHours),
    ] {
        assert_eq!(Announcement::of_wait(Duration::from_secs(secs)), said, "{secs}");
    }
    assert_eq!(Announcement::of_place(20), Announcement::Place(20));
    assert_eq!(Announcement::of_place(21), Announcement::FarBack);
    assert!(Announcement::all().all(|said| said.english().ends_with('.')));
}
