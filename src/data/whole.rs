//! A file that appears whole or not at all.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Written beside its place under another name; [`WholeFile::finish`] moves it there, dropping it before
/// removes it.
#[derive(Debug)]
pub struct WholeFile {
    /// `None` once finished.
    writer: Option<BufWriter<File>>,
    beside: PathBuf,
    path: PathBuf,
}

impl WholeFile {
    /// Fails where the folder cannot be written to.
    pub fn create(path: &Path) -> io::Result<WholeFile> {
        let name = path
            .file_name()
            .ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        if path.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        for attempt in 0..1000 {
            let mut hidden = std::ffi::OsString::from(".");
            hidden.push(name);
            hidden.push(format!(".{}-{attempt}.part", std::process::id()));
            let beside = path.with_file_name(hidden);
            match File::create_new(&beside) {
                Ok(file) => {
                    let writer = Some(BufWriter::with_capacity(1 << 17, file));
                    return Ok(WholeFile {
                        writer,
                        beside,
                        path: path.to_path_buf(),
                    });
                }
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
                Err(e) => return Err(e),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    /// Brings everything to the disk, then moves the file to its place.
    pub fn finish(mut self) -> io::Result<()> {
        let Some(writer) = self.writer.take() else {
            return Ok(());
        };
        let moved = writer
            .into_inner()
            .map_err(|e| e.into_error())
            .and_then(|file| {
                file.sync_all()?;
                fs::rename(&self.beside, &self.path)
            });
        if moved.is_err() {
            let _ = fs::remove_file(&self.beside);
            return moved;
        }
        // The new name is durable when its folder is.
        #[cfg(unix)]
        if let Some(folder) = self.path.parent() {
            let folder = if folder.as_os_str().is_empty() {
                Path::new(".")
            } else {
                folder
            };
            File::open(folder).and_then(|f| f.sync_all()).ok();
        }
        Ok(())
    }
}

impl Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.writer {
            Some(writer) => writer.write(bytes),
            None => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.as_mut().map_or(Ok(()), Write::flush)
    }
}

impl Drop for WholeFile {
    fn drop(&mut self) {
        if self.writer.take().is_some() {
            let _ = fs::remove_file(&self.beside);
        }
    }
}
