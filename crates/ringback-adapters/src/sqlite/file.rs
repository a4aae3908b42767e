//! The file: whose it is, and what is in it.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::time::Duration;

use ringback_core::key::Shards;
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction};

use crate::open_error::StoreOpenError;

/// Marks the files of this program: "Ring".
const APPLICATION: i32 = 0x5269_6e67;

/// The layout of the tables.
const LAYOUT: i32 = 2;

/// Takes the file for this process; the system gives it back when the process ends, however it ends. A lock of its own
/// because SQLite's are released when the file is closed anywhere in the process.
pub(super) fn lock(path: &Path) -> Result<File, StoreOpenError> {
    let failed = |source| StoreOpenError::file(path, source);
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    let options = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .clone();
    let file = options.open(name).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreOpenError::InUse(path.to_owned())),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}

/// Opens the file for writing, after a look at whether it is ours.
pub(super) fn open(path: &Path, shards: Shards) -> Result<Connection, StoreOpenError> {
    let failed = |source| StoreOpenError::sqlite(path, source);
    let mut connection = Connection::open(path).map_err(failed)?;
    let is_new = match layout(&connection) {
        Ok(layout) => layout.is_new(path)?,
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::NotADatabase) => {
            return Err(StoreOpenError::Foreign(path.to_owned()));
        }
        Err(error) => return Err(failed(error)),
    };
    set_up(&connection).map_err(failed)?;
    let found = settle(&mut connection, is_new, shards).map_err(failed)?;
    if found != shards.count() {
        let wanted = shards.count();
        return Err(StoreOpenError::Shards { found, wanted });
    }
    Ok(connection)
}

/// A second connection, for reading.
pub(super) fn open_again(path: &Path) -> Result<Connection, StoreOpenError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let opened = Connection::open_with_flags(path, flags).and_then(|connection| {
        set_up(&connection)?;
        connection.pragma_update(None, "query_only", true)?;
        Ok(connection)
    });
    opened.map_err(|source| StoreOpenError::sqlite(path, source))
}

/// What a file says about itself.
struct Layout {
    application: i32,
    version: i32,
    tables: u32,
}

impl Layout {
    fn is_new(&self, path: &Path) -> Result<bool, StoreOpenError> {
        match (self.application, self.version) {
            (0, 0) if self.tables == 0 => Ok(true),
            (APPLICATION, LAYOUT) => Ok(false),
            (APPLICATION, version) => Err(StoreOpenError::Layout {
                path: path.to_owned(),
                found: version,
                known: LAYOUT,
            }),
            _ => Err(StoreOpenError::Foreign(path.to_owned())),
        }
    }
}

fn layout(connection: &Connection) -> Result<Layout, rusqlite::Error> {
    let pragma = |name| connection.pragma_query_value(None, name, |row| row.get(0));
    let count = "SELECT count(*) FROM sqlite_schema";
    Ok(Layout {
        application: pragma("application_id")?,
        version: pragma("user_version")?,
        tables: connection.query_row(count, (), |row| row.get(0))?,
    })
}

fn set_up(connection: &Connection) -> Result<(), rusqlite::Error> {
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "cache_size", -2048)?;
    connection.pragma_update(None, "journal_size_limit", 16 * 1024 * 1024)?;
    connection.set_prepared_statement_cache_capacity(32);
    Ok(())
}

/// Makes the tables in a new file, and reads the number of shards.
fn settle(
    connection: &mut Connection,
    is_new: bool,
    shards: Shards,
) -> Result<u16, rusqlite::Error> {
    if is_new {
        let transaction = connection.transaction()?;
        make(&transaction, shards)?;
        transaction.commit()?;
    }
    connection.query_row("SELECT shards FROM installation", (), |row| row.get(0))
}

fn make(transaction: &Transaction<'_>, shards: Shards) -> Result<(), rusqlite::Error> {
    transaction.execute_batch(include_str!("schema.sql"))?;
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", LAYOUT)?;
    transaction.execute(
        "INSERT INTO installation (shards) VALUES (?1)",
        (shards.count(),),
    )?;
    Ok(())
}
