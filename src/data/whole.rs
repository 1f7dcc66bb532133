//! A file that appears whole or not at all.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Written beside its place under another name, `.NAME.PROCESS-N.part`; dropping it removes it,
/// [`WholeFile::stage`] makes it ready to be moved there.
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

    /// Brings everything to the disk, still beside its place.
    pub fn stage(mut self) -> io::Result<Staged> {
        let (beside, path) = (self.beside.clone(), self.path.clone());
        // From here on the guard removes the file.
        let staged = Staged {
            beside,
            path,
            left: false,
        };
        if let Some(writer) = self.writer.take() {
            let file = writer.into_inner().map_err(|e| e.into_error())?;
            file.sync_all()?;
        }
        Ok(staged)
    }
}

/// A file that is complete and on the disk, but beside its place. Dropped, it is removed.
#[derive(Debug)]
pub struct Staged {
    beside: PathBuf,
    path: PathBuf,
    left: bool,
}

impl Staged {
    /// Where it lies.
    pub fn beside(&self) -> &Path {
        &self.beside
    }

    /// Where it belongs.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Moves it to its place.
    pub fn place(mut self) -> io::Result<()> {
        place(&self.beside, &self.path)?;
        self.left = true;
        Ok(())
    }

    /// Leaves it where it lies, to whoever moves it later.
    pub fn leave(mut self) {
        self.left = true;
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if !self.left {
            let _ = fs::remove_file(&self.beside);
        }
    }
}

/// Moves a complete file to its place in the same folder, so that it holds against a loss of power.
pub fn place(beside: &Path, path: &Path) -> io::Result<()> {
    fs::rename(beside, path)?;
    // The new name is durable when its folder is.
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        let folder = if folder.as_os_str().is_empty() {
            Path::new(".")
        } else {
            folder
        };
        File::open(folder).and_then(|f| f.sync_all()).ok();
    }
    Ok(())
}

/// Removes what processes that are no more have left beside this place.
pub fn sweep(path: &Path) {
    let (Some(name), folder) = (path.file_name().and_then(|n| n.to_str()), path.parent()) else {
        return;
    };
    let folder = match folder {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let found = entry.file_name();
        let Some(found) = found.to_str() else {
            continue;
        };
        let left = writer_of(found, name).is_some_and(|process| !is_alive(process));
        if left {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// The process that wrote a file beside the place `name`.
fn writer_of(found: &str, name: &str) -> Option<u32> {
    let rest = found.strip_prefix('.')?.strip_prefix(name)?;
    let (process, attempt) = rest
        .strip_prefix('.')?
        .strip_suffix(".part")?
        .split_once('-')?;
    attempt.parse::<u32>().ok()?;
    process.parse().ok()
}

/// Our own number is that of a dead process too: nothing of ours is there yet when sweeping.
fn is_alive(process: u32) -> bool {
    if process == std::process::id() {
        return false;
    }
    #[cfg(unix)]
    {
        i32::try_from(process)
            .ok()
            .and_then(rustix::process::Pid::from_raw)
            .is_some_and(|p| rustix::process::test_kill_process(p) != Err(rustix::io::Errno::SRCH))
    }
    #[cfg(not(unix))]
    true
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

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_staged_file_waits_beside_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list");
        let mut file = WholeFile::create(&path).unwrap();
        file.write_all(b"x").unwrap();
        let staged = file.stage().unwrap();
        assert!(staged.beside().is_file() && !path.exists());
        drop(staged);
        assert!(names(folder.path()).is_empty());
        WholeFile::create(&path).unwrap().stage().unwrap().leave();
        assert_eq!(names(folder.path()).len(), 1);
        let file = WholeFile::create(&path).unwrap();
        file.stage().unwrap().place().unwrap();
        assert!(path.is_file());
    }

    #[test]
    fn only_what_the_dead_left_is_swept() {
        let folder = tempfile::tempdir().unwrap();
        // Numbers of processes end below this one; process 1 is always there.
        let left = [".list.999999999-0.part", ".list.999999998-3.part"];
        let kept = [
            ".list.1-0.part",
            ".list.csv.999999999-0.part",
            ".list.999999999.part",
            "list.999999999-0.part",
        ];
        for name in left.iter().chain(&kept) {
            fs::write(folder.path().join(name), "").unwrap();
        }
        sweep(&folder.path().join("list"));
        let mut expected: Vec<&str> = kept.to_vec();
        expected.sort();
        assert_eq!(names(folder.path()), expected);
    }
}
