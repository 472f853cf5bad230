//! Words out of sound: by a program that is scripted here, and by a server.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use phone::apps::attendant::voice::Hearing;
use server::recognition::http::Server;
use server::recognition::sphinx::{Sphinx, read};
use server::recognition::{Recognition, Sound, Unrecognized};
use server::secret::Secret;

#[test]
fn a_phrase_scores_higher_than_noise() {
    for (line, secs, sure) in [
        ("opening hours (said -2844)", 2, true),
        ("yes (said -2476)", 2, true),
        ("alice adams (said -7802)", 2, false),
        ("one (said -8969)", 2, false),
    ] {
        let Hearing::Heard { confidence, .. } = read(line, &silence(secs)) else { panic!("{line}") };
        assert_eq!(confidence >= 450, sure, "{line}: {confidence}");
    }
    for line in ["", " (said -2844)", "yes", "yes (said many)"] {
        assert_eq!(read(line, &silence(1)), Hearing::Nothing, "{line}");
    }
}

#[tokio::test]
async fn the_program_gets_the_phrases_that_it_knows_and_leaves_nothing_behind() {
    let dir = tempfile::tempdir().unwrap();
    // It hears the last phrase of its grammar.
    let sphinx =
        program(dir.path(), "echo \"$(sed -n 's/.*| \\(.*\\) ;/\\1/p' \"$grammar\") (said -1600)\" > \"$heard\"");
    let recognition = Recognition::with(None, Some(sphinx));
    let phrases = ["sales".to_owned(), "zyzzyva house".to_owned(), "opening hours".to_owned()];
    let heard = recognition.hear(silence(1), "en-US", &phrases).await;
    let Hearing::Heard { text, confidence } = heard else { panic!("{heard:?}") };
    assert_eq!((text.as_str(), confidence), ("opening hours", 1_000));
    let left = std::fs::read_dir(dir.path()).unwrap().filter_map(|entry| entry.unwrap().file_name().into_string().ok());
    assert_eq!(left.filter(|name| name.starts_with("utterance")).count(), 0);
    // No word of these is known, and no other language.
    assert_eq!(recognition.hear(silence(1), "en-US", &["zyzzyva".to_owned()]).await, Hearing::Nothing);
    assert_eq!(recognition.hear(silence(1), "de-DE", &phrases).await, Hearing::Unavailable);
}

#[tokio::test]
async fn a_program_that_is_missing_broken_or_hangs_is_no_ear() {
    let phrases = ["sales".to_owned()];
    assert_eq!(Recognition::with(None, None).hear(silence(1), "en", &phrases).await, Hearing::Unavailable);
    for script in ["exit 1", "true", "sleep 60"] {
        let dir = tempfile::tempdir().unwrap();
        let recognition = Recognition::with(None, Some(program(dir.path(), script)));
        assert_eq!(recognition.hear(silence(1), "en-US", &phrases).await, Hearing::Unavailable, "{script}");
    }
}

#[tokio::test]
async fn a_server_is_asked_with_the_sound_the_language_and_the_phrases_as_a_hint() {
    let server = speech_server("{\"text\":\" Sales, please. \"}", StatusCode::OK).await;
    let recognition = Recognition::with(Some(server), None);
    let phrases = ["sales".to_owned(), "support".to_owned()];
    let heard = recognition.hear(silence(1), "de-DE", &phrases).await;
    assert_eq!(heard, Hearing::Heard { text: "Sales, please.".to_owned(), confidence: 900 });
    assert!(recognition.transcribes());
    assert_eq!(recognition.transcribe(b"RIFF".to_vec(), "de-DE").await.unwrap(), "Sales, please.");
}

#[tokio::test]
async fn a_server_that_refuses_or_answers_nonsense_is_no_ear() {
    for (answer, status) in
        [("{}", StatusCode::OK), ("no", StatusCode::OK), ("{\"text\":\"x\"}", StatusCode::FORBIDDEN)]
    {
        let recognition = Recognition::with(Some(speech_server(answer, status).await), None);
        assert_eq!(recognition.hear(silence(1), "en", &["x".to_owned()]).await, Hearing::Unavailable, "{answer}");
        assert!(matches!(recognition.transcribe(Vec::new(), "en").await, Err(Unrecognized::Failed { .. })));
    }
    let quiet = Recognition::with(Some(speech_server("{\"text\":\" \"}", StatusCode::OK).await), None);
    assert_eq!(quiet.hear(silence(1), "en", &["x".to_owned()]).await, Hearing::Nothing);
    let none = Recognition::with(None, None).transcribe(Vec::new(), "en").await;
    assert!(matches!(none, Err(Unrecognized::NotSetUp)));
}

fn silence(secs: usize) -> Sound {
    Sound { samples: vec![0; 8_000 * secs], rate: 8_000 }
}

/// A program that stands in for pocketsphinx: a script that knows where its grammar is and where it writes.
fn program(dir: &Path, script: &str) -> Sphinx {
    let (file, model) = (dir.join("pocketsphinx_batch"), dir.join("model"));
    let head =
        "#!/bin/sh\nwhile [ $# -gt 0 ]; do case $1 in -jsgf) grammar=$2 ;; -hyp) heard=$2 ;; esac; shift; done\n";
    std::fs::write(&file, format!("{head}{script}\n")).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
    std::fs::create_dir_all(&model).unwrap();
    std::fs::write(model.join("cmudict-en-us.dict"), "hours AW ER Z\nopening OW\nopening(2) OW\nsales S\n").unwrap();
    Sphinx::with(file, model, dir.to_owned()).unwrap()
}

/// A server that checks what it is asked, and answers this.
pub async fn speech_server(answer: &'static str, status: StatusCode) -> Server {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    let router = Router::new().route("/v1/audio/transcriptions", post(asked)).with_state((answer, status));
    tokio::spawn(async move { axum::serve(listener, router).await });
    let key = Some(Secret::new("a key".to_owned()));
    Server { url, key, model: "whisper-1".to_owned(), client: reqwest::Client::new() }
}

async fn asked(
    State((answer, status)): State<(&'static str, StatusCode)>,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, &'static str) {
    let text = String::from_utf8_lossy(&body).into_owned();
    let boundary = headers["content-type"].to_str().unwrap().split("boundary=").nth(1).unwrap();
    assert_eq!(headers["authorization"], "Bearer a key");
    assert!(text.contains("name=\"model\"\r\n\r\nwhisper-1\r\n"), "{text}");
    assert!(text.ends_with(&format!("\r\n--{boundary}--\r\n")), "{text}");
    assert!(text.contains("filename=\"speech.wav\""), "{text}");
    (status, answer)
}
