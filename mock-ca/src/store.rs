//! The state directory: an embedded database, so that what was answered is never forgotten.
//!
//! It holds a snapshot of the mock and the calls since then. The mock has neither clock nor chance of its own: the same
//! calls lead to the same state. So a call is all that has to be written, and an answer goes out only when its call is.
//!
//! The database is redb: pure Rust, one file, nothing to install; a transaction is there whole or not at all, whenever
//! the process is killed, and one commit takes all calls that wait. SQLite would bring a C compiler and queries that
//! nobody asks; a file of our own would have to prove what redb has proven.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use http::{Request, Response};
use jiff::Timestamp;
use mock_ca::{Call, Door, Kept, LoadError, MockCa};
use redb::{Database, ReadableDatabase as _, ReadableTable as _, TableDefinition};
use tokio::sync::watch;

/// `DIR/mock-ca.redb`.
pub(crate) struct Store {
    file: PathBuf,
    database: Database,
}

/// Why a state directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(transparent)]
    Directory(#[from] std::io::Error),
    #[error(transparent)]
    Database(#[from] redb::Error),
    #[error(transparent)]
    Load(#[from] LoadError),
}

impl Store {
    /// A directory for the state; made when it is not there. Nobody else may have it open.
    pub(crate) fn open(directory: &Path) -> Result<Self, Error> {
        std::fs::create_dir_all(directory)?;
        let file = directory.join(FILE_NAME);
        let database = create(&file)?;
        Ok(Self { file, database })
    }

    /// The mock as it was at the snapshot and the calls since then, if anything was kept.
    ///
    /// With the calls repeated it is as it was when it last answered.
    pub(crate) fn read(&self) -> Result<Option<(MockCa, Vec<Call>)>, Error> {
        let Some((snapshot, calls)) = texts(&self.database)? else {
            return Ok(None);
        };
        let calls = calls.iter().map(|call| Call::from_text(call));
        Ok(Some((
            MockCa::load(&snapshot)?,
            calls.collect::<Result<_, _>>()?,
        )))
    }

    /// Keeps the mock as it is now, and from now on every call before it is answered.
    pub(crate) fn keep(self, mock: MockCa) -> Result<Keeper, Error> {
        write(
            &self.database,
            &[Work::Snapshot {
                text: mock.save(),
                up_to: u64::MAX,
            }],
        )?;
        let (work, queue) = channel();
        let (kept, so_far) = watch::channel(0);
        let database = Arc::new(self.database);
        let writer = std::thread::Builder::new()
            .name("mock-ca state".into())
            .spawn(move || write_all(&database, &queue, &kept))?;
        Ok(Keeper {
            mock,
            whole: true,
            calls: 0,
            work: Some(work),
            so_far,
            writer: Some(writer),
        })
    }

    /// The file's path.
    pub(crate) fn file(&self) -> &Path {
        &self.file
    }
}

fn create(file: &Path) -> Result<Database, redb::Error> {
    let database = Database::create(file)?;
    let transaction = database.begin_write()?;
    transaction.open_table(SNAPSHOT)?;
    transaction.open_table(CALLS)?;
    transaction.commit()?;
    Ok(database)
}

/// The snapshot, and the calls since then in their order.
fn texts(database: &Database) -> Result<Option<(String, Vec<String>)>, redb::Error> {
    let transaction = database.begin_read()?;
    let snapshot = transaction.open_table(SNAPSHOT)?;
    let Some(text) = snapshot.get(WHOLE)? else {
        return Ok(None);
    };
    let calls = transaction.open_table(CALLS)?;
    let calls = calls.iter()?.map(|row| Ok(row?.1.value().to_owned()));
    let calls: Result<_, redb::Error> = calls.collect();
    Ok(Some((text.value().to_owned(), calls?)))
}

/// A mock whose every call is kept.
pub(crate) struct Keeper {
    mock: MockCa,
    /// Whether the mock has come out of every call that went in.
    whole: bool,
    /// How many calls there were.
    calls: u64,
    work: Option<Sender<Work>>,
    so_far: watch::Receiver<u64>,
    writer: Option<JoinHandle<()>>,
}

impl Keeper {
    /// Answers, and has the answer wait until the call is kept.
    pub(crate) fn answer(
        &mut self,
        now: Timestamp,
        door: Door,
        request: &Request<Vec<u8>>,
    ) -> Response<Vec<u8>> {
        self.whole = false;
        let mut response = self.mock.answer(now, door, request);
        self.whole = true;
        self.calls += 1;
        let text = Call::of(now, door, request, &response).to_text();
        self.hand_over(Work::Call {
            number: self.calls,
            text,
        });
        if self.calls.is_multiple_of(CALLS_PER_SNAPSHOT) {
            self.snapshot();
        }
        response.extensions_mut().insert(Kept {
            so_far: self.so_far.clone(),
            up_to: self.calls,
        });
        response
    }

    fn snapshot(&self) {
        self.hand_over(Work::Snapshot {
            text: self.mock.save(),
            up_to: self.calls,
        });
    }

    fn hand_over(&self, work: Work) {
        if let Some(queue) = &self.work {
            // A writer that has given up says so itself, and every answer that waits for it fails.
            let _ = queue.send(work);
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        if self.whole {
            self.snapshot();
        }
        self.work = None;
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}

/// What the writer is given.
enum Work {
    Call { number: u64, text: String },
    Snapshot { text: String, up_to: u64 },
}

/// Writes what is handed over, all that waits in one transaction, until nobody hands over any more.
fn write_all(database: &Database, queue: &Receiver<Work>, kept: &watch::Sender<u64>) {
    while let Ok(first) = queue.recv() {
        let batch: Vec<_> = std::iter::once(first).chain(queue.try_iter()).collect();
        if let Err(error) = write(database, &batch) {
            eprintln!("mock-ca: the state cannot be kept: {error}");
            return;
        }
        let newest = batch.iter().rev().find_map(|work| match work {
            Work::Call { number, .. } => Some(*number),
            Work::Snapshot { .. } => None,
        });
        kept.send_modify(|so_far| *so_far = newest.unwrap_or(*so_far));
    }
}

fn write(database: &Database, batch: &[Work]) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    {
        let mut snapshot = transaction.open_table(SNAPSHOT)?;
        let mut calls = transaction.open_table(CALLS)?;
        for work in batch {
            match work {
                Work::Call { number, text } => {
                    calls.insert(number, text.as_str())?;
                }
                Work::Snapshot { text, up_to } => {
                    snapshot.insert(WHOLE, text.as_str())?;
                    calls.retain_in(..=*up_to, |_, _| false)?;
                }
            }
        }
    }
    transaction.commit()?;
    Ok(())
}

const FILE_NAME: &str = "mock-ca.redb";
const SNAPSHOT: TableDefinition<'_, &str, &str> = TableDefinition::new("snapshot");
const WHOLE: &str = "whole";
/// Calls since the snapshot, by number.
const CALLS: TableDefinition<'_, u64, &str> = TableDefinition::new("calls");
/// A snapshot takes some milliseconds, a call at the next start a tenth of one.
const CALLS_PER_SNAPSHOT: u64 = 5000;
