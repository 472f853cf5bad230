//! `trunkline backup` and `trunkline restore`: in the database and the data directory themselves, as the user who runs
//! the server. A backup holds every secret, so no token of the API opens one.

use std::fs::{File, OpenOptions};
use std::io::{BufReader, BufWriter, IsTerminal as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use jiff::Timestamp;
use phone::id::PromptKey;
use serde_json::{Value, json};
use store::{BackupError, Effect, Extent, Open, Store, TenantName};

use super::nouns::Common;
use super::print::{self, Column};
use crate::config::{Config, Flags};
use crate::error::chain;
use crate::prompts;

/// Rows between two signs of life on a terminal.
const ROWS_PER_SIGN: u64 = 1_000;

const COLUMNS: [Column; 5] = [
    ("organization", "/tenant"),
    ("rows", "/rows"),
    ("prompts", "/prompts"),
    ("file", "/file"),
    ("dry run", "/dry_run"),
];

#[derive(Debug, Args)]
pub struct BackupArgs {
    /// File to write, for its owner only. It must not be there yet.
    file: PathBuf,
    #[command(flatten)]
    flags: Flags,
}

#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// File that `trunkline backup` made.
    file: PathBuf,
    /// Only say whether it could be restored.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    flags: Flags,
}

/// Writes a backup.
pub fn back_up(common: &Common, args: &BackupArgs) -> ExitCode {
    let done = with_store(&args.flags, Need::Data, async |store, config| {
        let part = part_of(&args.file);
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part);
        let file = file.map_err(|error| unusable(&part, &error))?;
        let written = write(&store, common, config, &args.file, file).await;
        if written.is_err() {
            // What is half written is of no use to anybody.
            let _ = std::fs::remove_file(&part);
        }
        written
    });
    say(common, done, |said| format!("Backed up {said}. It holds secrets: keep it where only you can read it."))
}

/// Takes a backup back.
pub fn restore(common: &Common, args: &RestoreArgs) -> ExitCode {
    let done = with_store(&args.flags, Need::Nothing, async |store, config| {
        let open = || File::open(&args.file).map(BufReader::new).map_err(|error| unusable(&args.file, &error));
        let (header, whole) = store::verify(open()?)?;
        let directory = config.data_dir.join("prompts");
        std::fs::create_dir_all(&directory)?;
        let effect = if args.dry_run { Effect::Try } else { Effect::Restore };
        let mut keep = |key: PromptKey, bytes: &[u8]| keep_prompt(&directory, key, bytes);
        let mut progress = Progress::new(Some(whole));
        let (tenant, extent) = store
            .restore(open()?, common.server.tenant.as_deref(), effect, Timestamp::now(), &mut keep, &mut |table, n| {
                progress.at(table, n)
            })
            .await?;
        progress.end();
        let mut said = shown(&args.file, tenant.as_ref(), extent);
        said["dry_run"] = args.dry_run.into();
        said["made_at"] = header.made_at.to_string().into();
        Ok(said)
    });
    let verb = if args.dry_run { "Could restore" } else { "Restored" };
    let then = if args.dry_run { "" } else { " A running server takes it up within half a minute." };
    say(common, done, |said| format!("{verb} {said}.{then}"))
}

async fn write(store: &Store, common: &Common, config: &Config, path: &Path, file: File) -> anyhow::Result<Value> {
    if path.exists() {
        anyhow::bail!("{} is there already; give another name or delete it first", path.display());
    }
    let mut out = BufWriter::new(file);
    let directory = config.data_dir.join("prompts");
    let sound = |key: PromptKey| match std::fs::read(directory.join(prompts::file_name(key))) {
        Ok(bytes) => Ok(Some(bytes)),
        // Texts are spoken again; a file that is gone is gone.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    };
    let mut progress = Progress::new(None);
    let (tenant, extent) = store
        .back_up(
            &mut out,
            common.server.tenant.as_deref(),
            env!("CARGO_PKG_VERSION"),
            Timestamp::now(),
            &sound,
            &mut |table, n| progress.at(table, n),
        )
        .await?;
    progress.end();
    out.flush()?;
    out.get_ref().sync_all()?;
    std::fs::rename(part_of(path), path)?;
    Ok(shown(path, tenant.as_ref(), extent))
}

/// What the store must hold.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    Data,
    Nothing,
}

fn with_store(
    flags: &Flags,
    need: Need,
    work: impl AsyncFnOnce(Store, &Config) -> anyhow::Result<Value>,
) -> anyhow::Result<Value> {
    let config = Config::load(flags)?;
    let file = config.database.strip_prefix("sqlite://").unwrap_or_default();
    if need == Need::Data && !file.is_empty() && !Path::new(file.split('?').next().unwrap_or(file)).exists() {
        anyhow::bail!("there is no database {file}; say where it is with --data-dir or --database");
    }
    std::fs::create_dir_all(&config.data_dir)?;
    let open = Open { url: config.database.clone(), key_file: config.key_file() };
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let store = Store::open(&open).await?;
        let done = work(store.clone(), &config).await;
        store.close().await?;
        done
    })
}

fn keep_prompt(directory: &Path, key: PromptKey, bytes: &[u8]) -> std::io::Result<()> {
    let path = directory.join(prompts::file_name(key));
    let part = part_of(&path);
    std::fs::write(&part, bytes)?;
    std::fs::rename(part, path)
}

fn part_of(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    path.with_file_name(name)
}

fn unusable(path: &Path, error: &std::io::Error) -> anyhow::Error {
    let fix = match error.kind() {
        std::io::ErrorKind::AlreadyExists => "delete it first, unless another backup is being written",
        std::io::ErrorKind::NotFound => "is the path right?",
        _ => "give a path that you may use",
    };
    anyhow::anyhow!("{}: {error}; {fix}", path.display())
}

fn shown(file: &Path, tenant: Option<&TenantName>, extent: Extent) -> Value {
    json!({
        "file": file.display().to_string(),
        "tenant": tenant.map(|tenant| &tenant.slug),
        "rows": extent.n_rows,
        "prompts": extent.n_prompts,
    })
}

fn say(common: &Common, done: anyhow::Result<Value>, in_words: impl FnOnce(&str) -> String) -> ExitCode {
    match done {
        Ok(said) => {
            let what =
                said["tenant"].as_str().map_or("everything".to_owned(), |slug| format!("the organization {slug}"));
            let words =
                format!("{what}: {} rows and {} prompts, {}", said["rows"], said["prompts"], text(&said["file"]));
            let printed = match common.output {
                print::Output::Table => writeln!(std::io::stdout(), "{}", in_words(&words)),
                output => print::object(&mut std::io::stdout(), output, &COLUMNS, &said),
            };
            if printed.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            let words = chain(error.as_ref());
            match error.downcast_ref::<BackupError>() {
                Some(refusal) => eprintln!("error: {words} ({}) [{}]", refusal.fix(), refusal.code()),
                None => eprintln!("error: {words}"),
            }
            ExitCode::FAILURE
        }
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Says how far it is: over and over on one line of a terminal, elsewhere a line for each table.
struct Progress {
    whole: Option<Extent>,
    table: String,
    is_terminal: bool,
}

impl Progress {
    fn new(whole: Option<Extent>) -> Self {
        Self { whole, table: String::new(), is_terminal: std::io::stderr().is_terminal() }
    }

    fn at(&mut self, table: &str, n: u64) {
        let is_new = table != self.table;
        if is_new {
            self.table = table.to_owned();
        }
        let of = self.whole.map(|whole| if table == "prompts" { whole.n_prompts } else { whole.n_rows });
        let of = of.map(|of| format!(" of {of}")).unwrap_or_default();
        if self.is_terminal && (is_new || n.is_multiple_of(ROWS_PER_SIGN)) {
            eprint!("\r\x1b[K{table}: {n}{of}");
        } else if !self.is_terminal && is_new {
            eprintln!("{table} …");
        }
    }

    fn end(&self) {
        if self.is_terminal {
            eprint!("\r\x1b[K");
        }
    }
}
