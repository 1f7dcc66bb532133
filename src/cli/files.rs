//! Files that appear whole or not at all.

use super::console::Failure;
use std::fs;
use std::io::Write;
use std::path::Path;

/// Writes beside the file, then renames over it; a failure leaves what was there.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    // Through a link to the file itself, so that the link stays one.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    // A rename asks the folder only; whoever protects a file means it.
    if fs::metadata(&target).is_ok_and(|meta| meta.permissions().readonly()) {
        let refused = std::io::Error::from(std::io::ErrorKind::PermissionDenied);
        let name = super::workspace::shown(path);
        return Err(Failure::io("written", &name, &refused));
    }
    let mut name = target.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let part = target.with_file_name(name);
    let written = write_new(&part, bytes, &target).and_then(|()| fs::rename(&part, &target));
    written.map_err(|e| {
        let _ = fs::remove_file(&part);
        Failure::io("written", &super::workspace::shown(path), &e)
    })
}

fn write_new(part: &Path, bytes: &[u8], like: &Path) -> std::io::Result<()> {
    let mut file = fs::File::create(part)?;
    file.write_all(bytes)?;
    if let Ok(meta) = fs::metadata(like) {
        file.set_permissions(meta.permissions())?;
    }
    file.sync_all()
}
