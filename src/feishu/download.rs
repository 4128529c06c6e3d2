//! Attachments (protocol.md#files): written to a `.part` file, which is renamed once it is complete.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use reqwest::Method;
use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;
use tokio::io::AsyncWriteExt as _;
use tokio::task::spawn_blocking;

use super::corehr::part;
use super::transport::ApiCall;
use super::{Client, error};
use crate::domain::form::FileRef;
use crate::domain::{CleanText, Endpoint, Failure, FailureKind, Outcome};
use crate::files;

/// Bytes of a file whose length the form does not state: above the 50 MB that the platform takes.
const LARGEST_FILE: u64 = 100 * 1024 * 1024;
/// Names tried for a file before giving up.
const FILE_NAMES: usize = 100;
/// Characters and bytes of a name: file systems take 255 bytes, and a number and `.part` are added.
const LONGEST_NAME: usize = 120;
const LONGEST_NAME_BYTES: usize = 240;
/// Characters of an extension, without its dot; a longer one belongs to the name.
const LONGEST_EXTENSION: usize = 16;

impl Client {
    /// Downloads an attachment into `directory`, private to the user, under a harmless form of its name, never over
    /// another file. A length other than the form's is a failure; the file is then removed.
    ///
    /// # Errors
    /// The attachment has no id, does not arrive complete, or cannot be saved.
    pub async fn download(&self, file: &FileRef, directory: &Path) -> Result<PathBuf, Failure> {
        if file.id.as_str().is_empty() {
            return Err(failed(FailureKind::Business, "no file id"));
        }
        let path = format!("/corehr/v1/files/{}", part(file.id.as_str()));
        let query = Vec::new();
        let call = ApiCall {
            priority: self.priority,
            endpoint: Endpoint::File,
            method: Method::GET,
            path,
            query,
            body: None,
            writes: false,
            about: None,
        };
        let mut response = self.line.open(&call).await?;
        let (directory, name) = (directory.to_owned(), Name::harmless(file.name.as_str()));
        // File and guard are made on one thread: a caller that stops waiting in between leaves no empty file behind.
        let created = spawn_blocking(move || PartialFile::create(&directory, name)).await;
        let (partial, sink) = created.map_err(io::Error::from).flatten().map_err(local)?;
        let mut sink = tokio::fs::File::from_std(sink);
        let wanted = file.length.and_then(|length| u64::try_from(length).ok());
        let mut length: u64 = 0;
        while let Some(chunk) = response.chunk().await.map_err(|error| error::transport(Endpoint::File, error))? {
            length += u64::try_from(chunk.len()).unwrap_or(u64::MAX);
            if length > wanted.unwrap_or(LARGEST_FILE) {
                return Err(mismatch(length, wanted));
            }
            sink.write_all(&chunk).await.map_err(local)?;
        }
        sink.flush().await.map_err(local)?;
        sink.sync_all().await.map_err(local)?;
        if wanted.is_some_and(|wanted| wanted != length) {
            return Err(mismatch(length, wanted));
        }
        spawn_blocking(move || partial.keep()).await.map_err(io::Error::from).flatten().map_err(local)
    }
}

/// A file that is being written, `NAME.part`: gone again unless it is kept, also when its download is given up.
struct PartialFile {
    directory: PathBuf,
    name: Name,
    path: PathBuf,
}

impl PartialFile {
    /// Makes a new file. A `.part` that is there may be another program's and stays.
    fn create(directory: &Path, name: Name) -> io::Result<(Self, File)> {
        fs::create_dir_all(directory)?;
        let paths = name.numbered().map(|name| directory.join(name + ".part"));
        let (path, file) =
            first_free(paths, |path| File::options().write(true).create_new(true).mode(files::PRIVATE).open(path))?;
        Ok((Self { directory: directory.to_owned(), name, path }, file))
    }

    /// Gives the file its name, with a number where that is taken.
    fn keep(self) -> io::Result<PathBuf> {
        let paths = self.name.numbered().map(|name| self.directory.join(name));
        first_free(paths, |path| move_to_free(&self.path, path)).map(|(path, ())| path)
    }
}

/// Acts on the first free path.
fn first_free<T>(
    paths: impl Iterator<Item = PathBuf>,
    act: impl Fn(&Path) -> io::Result<T>,
) -> io::Result<(PathBuf, T)> {
    for path in paths {
        match act(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            done => return done.map(|done| (path, done)),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

impl Drop for PartialFile {
    fn drop(&mut self) {
        // The file is gone once it was renamed; otherwise the failure that led here is the one to report.
        let _ = fs::remove_file(&self.path);
    }
}

/// Renames a file, never over another one.
fn move_to_free(from: &Path, to: &Path) -> io::Result<()> {
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        // File systems that know no such renaming, such as NFS.
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => fs::hard_link(from, to),
        renamed => Ok(renamed?),
    }
}

/// A file name without path separators, control characters or a leading dot, short enough for every file system.
struct Name {
    stem: String,
    /// With its dot; may be empty.
    extension: String,
}

impl Name {
    fn harmless(name: &str) -> Self {
        let kept: String =
            name.chars().map(|c| if c.is_control() || matches!(c, '/' | '\\' | ':') { '_' } else { c }).collect();
        let kept = kept.trim().trim_start_matches('.');
        let kept = if kept.is_empty() { "attachment" } else { kept };
        let short = |extension: &str| (1..=LONGEST_EXTENSION).contains(&extension.chars().count());
        let (stem, extension) = match kept.rsplit_once('.') {
            Some((stem, extension)) if short(extension) => (stem, format!(".{extension}")),
            _ => (kept, String::new()),
        };
        let mut stem: String = stem.chars().take(LONGEST_NAME - extension.chars().count()).collect();
        while stem.len() + extension.len() > LONGEST_NAME_BYTES {
            stem.pop();
        }
        Self { stem, extension }
    }

    /// The name, then the name with a number.
    fn numbered(&self) -> impl Iterator<Item = String> {
        let Self { stem, extension } = self;
        (0..FILE_NAMES).map(move |number| match number {
            0 => format!("{stem}{extension}"),
            number => format!("{stem} ({number}){extension}"),
        })
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn local(error: io::Error) -> Failure {
    failed(FailureKind::LocalFile, &error.to_string())
}

fn mismatch(length: u64, wanted: Option<u64>) -> Failure {
    let wanted = wanted.map_or_else(|| format!("at most {LARGEST_FILE}"), |wanted| wanted.to_string());
    failed(FailureKind::Cut, &format!("{length} bytes instead of {wanted}"))
}

fn failed(kind: FailureKind, message: &str) -> Failure {
    Failure {
        endpoint: Endpoint::File,
        kind,
        outcome: Outcome::NotSent,
        code: None,
        http: None,
        log_id: None,
        message: CleanText::new(message),
    }
}

#[cfg(test)]
mod tests {
    use super::{LONGEST_NAME_BYTES, Name};

    fn harmless(name: &str) -> String {
        Name::harmless(name).numbered().next().unwrap()
    }

    #[test]
    fn file_names_cannot_leave_their_folder() {
        assert_eq!(harmless("../../etc/passwd"), "_.._etc_passwd");
        assert_eq!(harmless(".bashrc"), "bashrc");
        assert_eq!(harmless("车票.pdf"), "车票.pdf");
        for nothing in ["", "...", " "] {
            assert_eq!(harmless(nothing), "attachment");
        }
    }

    #[test]
    fn a_name_is_shortened_before_its_extension() {
        for (stem, extension) in
            [("长", ".pdf"), ("e\u{301}", ".tar"), ("x", ".十六个字符以内的扩展名"), ("👩", ""), ("a.b", ".docx")]
        {
            let short = harmless(&format!("{}{extension}", stem.repeat(400)));
            assert!(short.ends_with(extension) && short.starts_with(stem), "{short}");
            assert!(short.len() <= LONGEST_NAME_BYTES && short.chars().count() <= 120, "{short}");
        }
        let dotted = format!("第 1.{}", "节".repeat(200));
        assert!(harmless(&dotted).starts_with("第 1.节节"), "an extension that long is none");
    }
}
