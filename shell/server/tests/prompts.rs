use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;

use arc_swap::ArcSwap;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use axum::{Json, Router};
use jiff::Timestamp;
use phone::Directory;
use phone::directory::change::{Touched, TouchedTenant};
use serde_json::{Value, json};
use server::admin::reconciler::{Known, Nudge, Reconciler};
use server::demo;
use server::error::chain;
use server::node::Handle;
use server::node::inbox::Message;
use server::passwords::{Cost, Passwords};
use server::prompts::*;
use server::secret::Secret;
use server::speech::http::VoiceServer;
use server::speech::{Speech, SpeechError};
use store::{Open, Store};
use switch::Input;
use switch::input::PromptLibrary;
use switch::output::Answer;
use tokio::sync::mpsc;

#[tokio::test]
async fn a_text_is_spoken_once_and_kept_on_the_disk() {
    let dir = tempfile::tempdir().unwrap();
    let prompts = Prompts::open(dir.path().to_owned(), None).unwrap();
    let (key, prompt) = match prompts.text("en-US", "Thank you for calling.").await {
        Ok(rendered) => rendered,
        Err(PromptError::Speech(SpeechError::EngineMissing { .. })) => return,
        Err(error) => panic!("{}", chain(&error)),
    };
    assert!((500..5_000).contains(&prompt.duration_ms()), "{} ms", prompt.duration_ms());
    let mute = Speech::with(None, None, dir.path().to_owned());
    let later = Prompts::with_speech(dir.path().to_owned(), mute);
    let (same_key, kept) = later.text("en-us", "Thank you for calling.").await.unwrap();
    assert_eq!((same_key, kept.id()), (key, prompt.id()));
    let other = later.text("en-US", "Something else.").await;
    assert!(matches!(other, Err(PromptError::Speech(SpeechError::EngineMissing { .. }))));
}

#[tokio::test]
async fn a_damaged_prompt_file_is_rendered_again() {
    let dir = tempfile::tempdir().unwrap();
    let prompts = Prompts::open(dir.path().to_owned(), None).unwrap();
    let key = key_of_text("en-US", "Hello.");
    std::fs::write(prompts.path(key), b"damaged").unwrap();
    match prompts.text("en-US", "Hello.").await {
        Ok((same, prompt)) => assert_eq!((same, 0 < prompt.n_frames()), (key, true)),
        Err(error) => assert!(matches!(error, PromptError::Speech(SpeechError::EngineMissing { .. })), "{error}"),
    }
}

#[tokio::test]
async fn what_cannot_be_spoken_is_silence_and_the_music_plays() {
    let dir = tempfile::tempdir().unwrap();
    let mute = Speech::with(None, None, dir.path().to_owned());
    let prompts = Prompts::with_speech(dir.path().to_owned(), mute);
    let library = prompts.library(&Directory::default()).await;
    let said = library.system.values().next().unwrap();
    assert_eq!((said.duration_ms(), library.hold_music.is_some()), (1_000, false));
    let before = prompts.generation();
    prompts.prepare_music().await;
    assert_ne!(prompts.generation(), before);
    let library = prompts.library(&Directory::default()).await;
    assert!(10_000 < library.hold_music.unwrap().duration_ms());
}

#[tokio::test]
async fn a_voice_server_speaks_texts_once_and_again_what_another_voice_said() {
    let dir = tempfile::tempdir().unwrap();
    let with = |server| {
        let mute = Speech::with(None, None, dir.path().to_owned());
        Prompts::with_speech(dir.path().to_owned(), mute).in_voice_of(server)
    };
    let server = voice_server(StatusCode::OK).await;
    let (key, prompt) = with(Some(server.clone())).text("en-US", "Welcome.").await.unwrap();
    assert_eq!(prompt.duration_ms(), 500);
    // It is kept in this voice, and nobody is asked twice.
    let away = VoiceServer { client: reqwest::Client::builder().proxy(nowhere()).build().unwrap(), ..server.clone() };
    let (_, kept) = with(Some(away)).text("en-US", "Welcome.").await.unwrap();
    assert_eq!(kept.id(), prompt.id());
    assert!(with(None).text("en-US", "Welcome.").await.is_err(), "no other voice said it");

    // What a program of this machine said is played until the server has said it.
    let voiced = std::fs::read_dir(dir.path())
        .unwrap()
        .map(|file| file.unwrap().path())
        .find(|path| path.extension().is_some_and(|it| it == "prompt"));
    std::fs::copy(voiced.unwrap(), with(None).path(key)).unwrap();
    let prompts = with(Some(VoiceServer { voice: "nova".to_owned(), ..server }));
    prompts.text("en-US", "Welcome.").await.unwrap();
    let before = prompts.generation();
    prompts.renew_voices().await;
    assert_ne!(prompts.generation(), before);
    assert_eq!(prompts.voice_alarm(), None);
}

#[tokio::test]
async fn a_voice_server_that_fails_is_an_alarm_and_this_machine_speaks() {
    let dir = tempfile::tempdir().unwrap();
    let program = dir.path().join("flite");
    let sound = dir.path().join("sound.wav");
    std::fs::write(&sound, wav()).unwrap();
    // The last argument is where the sound goes.
    let script = format!("#!/bin/sh\nfor last; do :; done\ncp {} \"$last\"\n", sound.display());
    std::fs::write(&program, script).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let speech = Speech::with(Some(program), None, dir.path().to_owned());
    let server = voice_server(StatusCode::INTERNAL_SERVER_ERROR).await;
    let prompts = Prompts::with_speech(dir.path().to_owned(), speech).in_voice_of(Some(server.clone()));
    assert_eq!(prompts.voice_alarm(), None);
    let (_, prompt) = prompts.text("en-US", "Welcome.").await.unwrap();
    assert_eq!(prompt.duration_ms(), 500);
    let alarm = prompts.voice_alarm().unwrap();
    assert!(alarm.contains(&server.url) && alarm.contains("1 prompts"), "{alarm}");
    // It is left alone for a while, and nothing is lost.
    prompts.renew_voices().await;
    assert!(prompts.voice_alarm().is_some());
}

/// The first prompts take longer than anybody who changes settings should wait.
#[tokio::test]
async fn settings_reach_calls_while_prompts_are_still_rendered() {
    let dir = tempfile::tempdir().unwrap();
    let (program, sound, go) = (dir.path().join("flite"), dir.path().join("sound.wav"), dir.path().join("go"));
    std::fs::write(&sound, wav()).unwrap();
    let script = format!(
        "#!/bin/sh\nwhile ! [ -e {} ]; do sleep 0.05; done\nfor last; do :; done\ncp {} \"$last\"\n",
        go.display(),
        sound.display()
    );
    std::fs::write(&program, script).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let speech = Speech::with(Some(program), None, dir.path().to_owned());
    let prompts = Arc::new(Prompts::with_speech(dir.path().to_owned(), speech));
    let url = format!("sqlite://{}", dir.path().join("db").display());
    let store = Store::open(&Open { url, key_file: dir.path().join("key") }).await.unwrap();
    let directory = Arc::new(ArcSwap::from_pointee(Directory::default()));
    let (node, mut messages, _changes) = Handle::without_a_thread();
    let nudge = Nudge::default();
    let mut reconciler = Reconciler::new(store, node, prompts.clone(), directory, nudge);
    let known = Known { event: 0, prompts: prompts.generation() };
    let reconciling = tokio::spawn(async move {
        reconciler.give(Arc::default(), Touched::Everything).await.unwrap();
        reconciler.run(known).await;
    });
    assert!(installed(&mut messages).await.system.is_empty(), "calls have their settings, and no prompts yet");
    std::fs::write(&go, b"").unwrap();
    let library = installed(&mut messages).await;
    assert!(library.system.values().all(|said| said.duration_ms() == 500) && !library.system.is_empty());
    reconciling.abort();
}

/// The prompts that the switch is given next.
async fn installed(messages: &mut mpsc::Receiver<Message>) -> Arc<PromptLibrary> {
    let mut given = None;
    loop {
        match messages.recv().await.unwrap() {
            Message::Input(Input::Directory { prompts, .. }) => given = Some(prompts),
            Message::Input(other) => panic!("{other:?}"),
            Message::Command { reply, .. } => {
                let _ = reply.send(Answer::Statistics(switch::view::Statistics::default()));
                return given.unwrap();
            }
            Message::Stop => panic!("nobody stops it"),
        }
    }
}

/// A server that checks what it is asked, and speaks half a second of sound whose length it does not know at first.
async fn voice_server(status: StatusCode) -> VoiceServer {
    server::net::tls::install_provider();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    let spoken = move |headers: HeaderMap, Json(asked): Json<Value>| async move {
        assert_eq!(headers["authorization"], "Bearer a key");
        assert_eq!((&asked["input"], &asked["model"]), (&json!("Welcome."), &json!("tts-1")));
        assert_eq!(asked["response_format"], "wav");
        let mut wav = wav();
        wav[4..8].fill(0xff);
        wav[40..44].fill(0xff);
        (status, wav)
    };
    let router = Router::new().route("/v1/audio/speech", post(spoken));
    tokio::spawn(async move { axum::serve(listener, router).await });
    let key = Some(Secret::new("a key".to_owned()));
    let (model, voice) = ("tts-1".to_owned(), "alloy".to_owned());
    VoiceServer { url, key, model, voice, client: reqwest::Client::new() }
}

fn nowhere() -> reqwest::Proxy {
    reqwest::Proxy::all("http://127.0.0.1:1").unwrap()
}

/// Half a second of a tone.
fn wav() -> Vec<u8> {
    let header = server::voicemail::wav::header(8_000, 4_000);
    let tone = (0..4_000_i16).flat_map(|n| (if n % 20 < 10 { 8_000_i16 } else { -8_000 }).to_le_bytes());
    header.into_iter().chain(tone).collect()
}

#[tokio::test]
async fn other_formats_go_through_ffmpeg_where_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let prompts = Prompts::open(dir.path().to_owned(), None).unwrap();
    let Some(ffmpeg) = server::speech::find_program("ffmpeg") else {
        let refused = prompts.add_file(b"fLaC no flac".to_vec()).await;
        assert!(matches!(refused, Err(PromptError::Undecodable { needs_ffmpeg: true, .. })));
        return;
    };
    let flac = dir.path().join("tone.flac");
    let tone = ["-v", "error", "-f", "lavfi", "-i", "sine=frequency=440:duration=2"];
    let made = std::process::Command::new(ffmpeg).args(tone).arg(&flac).status().unwrap();
    assert!(made.success());
    let (_, prompt) = prompts.add_file(std::fs::read(&flac).unwrap()).await.unwrap();
    assert!((1_900..2_100).contains(&prompt.duration_ms()), "{} ms", prompt.duration_ms());
    let list = format!("#EXTM3U\n#EXTINF:2\nfile://{}\n#EXT-X-ENDLIST\n", flac.display());
    let refused = prompts.add_file(list.into_bytes()).await;
    assert!(matches!(refused, Err(PromptError::Undecodable { .. })));
}

#[tokio::test]
async fn names_of_who_is_new_are_missed_if_callers_can_find_them() {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", dir.path().join("trunkline.db").display());
    let store = Store::open(&Open { url, key_file: dir.path().join("secrets.key") }).await.unwrap();
    demo::seed(&store, demo::Secrets::default(), &Passwords::new(Cost::CHEAPEST), Timestamp::now()).await.unwrap();
    let directory = store.load_directory().await.unwrap();
    let (tenant, demo) = directory.tenants().iter().next().unwrap();
    let touched = |extension: &str| {
        let users = [demo.user_by_extension(extension).unwrap().id].into();
        Touched::Tenants([(*tenant, TouchedTenant::Parts { apps: false, users })].into())
    };
    let mute = Speech::with(None, None, dir.path().to_owned());
    let prompts = Prompts::with_speech(dir.path().to_owned(), mute);
    let mut library = prompts.library(&Directory::default()).await;
    prompts.miss_names(&directory, &touched("104"), &library);
    assert!(!prompts.has_missing_names(), "Dan has no license: callers don't find him");
    let known = ("en-US".to_owned(), "Bob Brown".to_owned());
    library.names.insert(known.clone(), library.system.values().next().unwrap().clone());
    prompts.miss_names(&directory, &touched("102"), &library);
    assert!(!prompts.has_missing_names(), "Bob's name is there");
    library.names.remove(&known);
    prompts.miss_names(&directory, &touched("102"), &library);
    assert!(prompts.has_missing_names());
}
