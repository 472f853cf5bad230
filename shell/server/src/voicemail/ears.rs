//! Has words made of what callers say, and tells the switch.

use switch::input::Told;
use tokio::sync::mpsc::UnboundedReceiver;

use super::utterances::Spoken;
use crate::node;
use crate::recognition::Recognition;

/// Hears as long as anybody speaks. Each utterance by itself: a slow one keeps nobody waiting.
pub async fn hear(recognition: Recognition, node: node::Handle, mut spoken: UnboundedReceiver<Spoken>) {
    while let Some(Spoken { query, language, phrases, sound }) = spoken.recv().await {
        let (recognition, node) = (recognition.clone(), node.clone());
        tokio::spawn(async move {
            let hearing = recognition.hear(sound, &language, &phrases).await;
            // Without a switch there is no caller any more.
            let _ = node.told(query, Told::Heard { hearing }).await;
        });
    }
}
