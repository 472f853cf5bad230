//! `pocketsphinx`, which knows the phrases of a small grammar and English sounds. It runs beside the program, once for
//! each utterance: a batch of one gives it the whole sound, which it hears better than a stream.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use media::resample::Resampler;
use phone::apps::attendant::voice::Hearing;
use tokio::process::Command;

use super::{Sound, Unrecognized, wav_of};
use crate::speech::{find_program, run_limited};

/// Where Debian's package has the model.
const MODEL: &str = "/usr/share/pocketsphinx/model/en-us";
/// What the model was made from.
const RATE: u32 = 16_000;
/// Frames in a second of sound, as the program counts them.
const FRAMES_PER_SEC: u32 = 100;
/// The program ends by itself; this is for one that does not.
const RUN_SECS_MAX: u64 = 4;

/// Score of a frame, in the program's own measure, that is as good as it gets, and at which it is nothing. Measured with
/// speech over a telephone line: phrases of the grammar score -10 to -22, everything else -20 to -37.
const SCORE_BEST: f64 = -16.0;
const SCORE_NOTHING: f64 = -29.0;

/// The program with its model.
#[derive(Debug)]
pub struct Sphinx {
    program: PathBuf,
    model: PathBuf,
    scratch: PathBuf,
    /// Words that it knows; a grammar with any other is refused as a whole.
    words: HashSet<Box<str>>,
}

impl Sphinx {
    /// Looks for the program in `PATH` and for its model; none if either is missing.
    pub fn find(scratch: PathBuf) -> Option<Self> {
        Self::with(find_program("pocketsphinx_batch")?, PathBuf::from(MODEL), scratch)
    }

    /// This program with this model; none if the model is not there.
    pub fn with(program: PathBuf, model: PathBuf, scratch: PathBuf) -> Option<Self> {
        let dictionary = std::fs::read_to_string(model.join("cmudict-en-us.dict")).ok()?;
        let words = dictionary.lines().filter_map(|line| line.split_whitespace().next());
        let words = words.filter(|word| !word.contains('(')).map(Into::into).collect();
        Some(Self { program, model, scratch, words })
    }

    /// Which of the phrases was said.
    pub async fn hear(&self, sound: &Sound, phrases: &[String]) -> Result<Hearing, Unrecognized> {
        let known: Vec<&String> = phrases.iter().filter(|phrase| self.knows(phrase)).collect();
        if known.is_empty() || sound.samples.is_empty() {
            return Ok(Hearing::Nothing);
        }
        let sound = at_model_rate(sound);
        let dir = self.scratch.join(format!("utterance-{}", uuid::Uuid::new_v4()));
        let result = self.hear_in(&dir, &sound, &known).await;
        let _ = tokio::fs::remove_dir_all(&dir).await;
        result
    }

    fn knows(&self, phrase: &str) -> bool {
        phrase.split(' ').all(|word| self.words.contains(word))
    }

    async fn hear_in(&self, dir: &Path, sound: &Sound, phrases: &[&String]) -> Result<Hearing, Unrecognized> {
        let not_reached = |source| Unrecognized::NotReached { what: "pocketsphinx".to_owned(), source };
        tokio::fs::create_dir_all(dir).await.map_err(not_reached)?;
        for (name, bytes) in
            [("said.wav", wav_of(sound)), ("grammar", grammar(phrases).into()), ("control", b"said\n".to_vec())]
        {
            tokio::fs::write(dir.join(name), bytes).await.map_err(not_reached)?;
        }
        let mut command = Command::new(&self.program);
        command.args(["-adcin", "yes", "-adchdr", "44", "-cepext", ".wav", "-logfn", "/dev/null"]);
        command.arg("-cepdir").arg(dir).arg("-ctl").arg(dir.join("control"));
        command.arg("-hmm").arg(self.model.join("en-us")).arg("-dict").arg(self.model.join("cmudict-en-us.dict"));
        command.arg("-jsgf").arg(dir.join("grammar")).arg("-hyp").arg(dir.join("heard"));
        let (is_fine, words) = run_limited(&mut command, RUN_SECS_MAX).await.map_err(not_reached)?;
        let heard = tokio::fs::read_to_string(dir.join("heard")).await.unwrap_or_default();
        if !is_fine || heard.is_empty() {
            return Err(Unrecognized::Failed { what: "pocketsphinx".to_owned(), detail: words });
        }
        Ok(read(&heard, sound))
    }
}

/// A line such as `opening hours (said -3977)`.
pub fn read(line: &str, sound: &Sound) -> Hearing {
    let Some((text, rest)) = line.trim().rsplit_once('(') else { return Hearing::Nothing };
    let score = rest.trim_end_matches(')').rsplit(' ').next().and_then(|score| score.parse::<f64>().ok());
    let (text, Some(score)) = (text.trim(), score) else { return Hearing::Nothing };
    if text.is_empty() {
        return Hearing::Nothing;
    }
    Hearing::Heard { text: text.to_owned(), confidence: confidence(score, sound) }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "it is clamped"
)]
fn confidence(score: f64, sound: &Sound) -> u16 {
    let n_frames = sound.samples.len() as f64 * f64::from(FRAMES_PER_SEC) / f64::from(sound.rate.max(1));
    let of_frame = score / n_frames.max(1.0);
    let share = (of_frame - SCORE_NOTHING) / (SCORE_BEST - SCORE_NOTHING);
    (share.clamp(0.0, 1.0) * 1_000.0) as u16
}

fn grammar(phrases: &[&String]) -> String {
    let all: Vec<&str> = phrases.iter().map(|phrase| phrase.as_str()).collect();
    format!("#JSGF V1.0;\ngrammar said;\npublic <said> = {} ;\n", all.join(" | "))
}

fn at_model_rate(sound: &Sound) -> Sound {
    if sound.rate == RATE {
        return sound.clone();
    }
    let mut samples = Vec::new();
    Resampler::new(sound.rate, RATE).resample(&sound.samples, &mut samples);
    Sound { samples, rate: RATE }
}
