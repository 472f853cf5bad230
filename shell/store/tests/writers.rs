use std::sync::{Arc, Mutex};
use std::time::Duration;

use sea_orm::{ConnAcquireErr, DbErr};
use store::internals::{Urgency, Writers};

const LONG: Duration = Duration::from_secs(3_600);

/// Lets others go on until they wait.
async fn settle() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}

async fn writer(writers: Writers, urgency: Urgency, name: &'static str, order: Arc<Mutex<Vec<&'static str>>>) {
    let turn = writers.turn(urgency).await.unwrap();
    order.lock().unwrap().push(name);
    drop(turn);
}

#[tokio::test]
async fn a_person_passes_an_import_and_who_went_away_keeps_nobody() {
    let (writers, order) = (Writers::new(LONG), Arc::default());
    let begun = writers.turn(Urgency::Background).await.unwrap();
    let import = tokio::spawn(writer(writers.clone(), Urgency::Background, "import", Arc::clone(&order)));
    settle().await;
    let gone = tokio::spawn(writer(writers.clone(), Urgency::Foreground, "gone", Arc::clone(&order)));
    settle().await;
    let person = tokio::spawn(writer(writers.clone(), Urgency::Foreground, "person", Arc::clone(&order)));
    settle().await;
    gone.abort();
    settle().await;
    drop(begun);
    person.await.unwrap();
    import.await.unwrap();
    assert_eq!(*order.lock().unwrap(), ["person", "import"]);
    drop(writers.turn(Urgency::Foreground).await.unwrap());
}

#[tokio::test]
async fn who_waits_too_long_is_told_so() {
    let writers = Writers::new(Duration::ZERO);
    let _had = writers.turn(Urgency::Foreground).await.unwrap();
    let refused = writers.turn(Urgency::Foreground).await.map(drop);
    assert!(matches!(refused, Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))));
}
