//! What compiles to WebAssembly here: rustup's target, or another compiler with the standard
//! library's source.

use std::env;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Error;

const TARGET: &str = "wasm32-unknown-unknown";
const PROFILE: &str = "live";
/// Two numbers at a time, and only short functions copied to where they are called: training is
/// hardly slower, the module far smaller.
const FLAGS: &str = "-Ctarget-feature=+simd128\u{1f}-Cllvm-args=-inline-threshold=20";

/// A compiler for WebAssembly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Compiler {
    /// The one that compiles everything else.
    Own,
    /// Another one, for which the standard library is compiled too.
    Other(PathBuf),
}

impl Compiler {
    /// The compiler that `other` names, or our own one if it has the target.
    pub(crate) fn find(other: Option<OsString>) -> Result<Option<Self>, Error> {
        if let Some(other) = other.filter(|other| !other.is_empty()) {
            return Ok(Some(Self::Other(PathBuf::from(other))));
        }
        let folder = asked("rustc", &["--print", "target-libdir", "--target", TARGET])?;
        Ok(folder
            .is_some_and(|folder| folder.is_dir())
            .then_some(Self::Own))
    }

    /// What tells this compiler from others.
    pub(crate) fn identity(&self) -> Result<String, Error> {
        let program = self.program();
        let version = asked(&program, &["-vV"])?.unwrap_or_default();
        Ok(format!("{program}\n{}", version.display()))
    }

    fn program(&self) -> String {
        match self {
            Self::Own => "rustc".to_owned(),
            Self::Other(compiler) => compiler.to_string_lossy().into_owned(),
        }
    }

    /// Compiles the widgets of the repository at `root` into the folder `target`; returns the
    /// module's path.
    pub(crate) fn compile(&self, root: &Path, target: &Path) -> Result<PathBuf, Error> {
        let mut cargo = Command::new("cargo");
        cargo
            .current_dir(root)
            .args([
                "build",
                "--quiet",
                "--locked",
                "--package",
                "widgets",
                "--lib",
            ])
            .args(["--target", TARGET, "--profile", PROFILE])
            .env("CARGO_TARGET_DIR", target)
            .env("CARGO_ENCODED_RUSTFLAGS", self.flags(root)?)
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        if let Self::Other(compiler) = self {
            cargo
                .arg("-Zbuild-std=std,panic_abort")
                .env("RUSTC", compiler)
                .env("RUSTC_BOOTSTRAP", "1")
                .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker()?);
        }
        let output = cargo.output().map_err(cannot_start("cargo"))?;
        match output.status.success() {
            true => Ok(target.join(TARGET).join(PROFILE).join("widgets.wasm")),
            false => Err(Error::Compile(
                String::from_utf8_lossy(&output.stderr).into_owned(),
            )),
        }
    }

    /// The flags for every module, and no path of this machine in it.
    fn flags(&self, root: &Path) -> Result<OsString, Error> {
        let sysroot = asked(&self.program(), &["--print", "sysroot"])?;
        let home = env::var_os("CARGO_HOME").map(PathBuf::from);
        let home = home.or_else(|| env::home_dir().map(|home| home.join(".cargo")));
        let hidden = [
            (Some(root.to_owned()), "trainable"),
            (sysroot, "rust"),
            (home, "cargo"),
        ];
        let mut flags = OsString::from(FLAGS);
        for (path, name) in hidden {
            let Some(path) = path else { continue };
            flags.push("\u{1f}--remap-path-prefix=");
            flags.push(path);
            flags.push("=");
            flags.push(name);
        }
        Ok(flags)
    }
}

/// The linker that comes with our own compiler.
fn linker() -> Result<PathBuf, Error> {
    let host = asked("rustc", &["--print", "host-tuple"])?.unwrap_or_default();
    let sysroot = asked("rustc", &["--print", "sysroot"])?.unwrap_or_default();
    let tools = sysroot.join("lib/rustlib").join(host).join("bin");
    Ok(tools.join("rust-lld"))
}

/// What a compiler says, if it knows.
fn asked(program: &str, question: &[&str]) -> Result<Option<PathBuf>, Error> {
    let output = Command::new(program)
        .args(question)
        .output()
        .map_err(cannot_start(program))?;
    let answer = String::from_utf8_lossy(&output.stdout);
    Ok(output
        .status
        .success()
        .then(|| PathBuf::from(answer.trim())))
}

pub(crate) fn cannot_start(program: &str) -> impl FnOnce(io::Error) -> Error {
    let program = program.to_owned();
    move |reason| Error::Start { program, reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_compiler_is_taken_when_it_is_named() {
        let found = Compiler::find(Some(OsString::from("/opt/rustc"))).unwrap();
        assert_eq!(found, Some(Compiler::Other(PathBuf::from("/opt/rustc"))));
    }

    #[test]
    fn a_compiler_that_is_not_there_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("rustc");
        let error = Compiler::Other(missing.clone())
            .compile(folder.path(), folder.path())
            .unwrap_err();
        let said = error.to_string();
        assert!(said.contains(&missing.display().to_string()), "{said}");
        assert!(said.contains("cannot be started"), "{said}");
    }

    #[test]
    fn paths_of_this_machine_are_hidden() {
        let flags = Compiler::Own.flags(Path::new("/a folder/b")).unwrap();
        let flags = flags.to_string_lossy().into_owned();
        let flags: Vec<&str> = flags.split('\u{1f}').collect();
        assert!(
            flags.contains(&"--remap-path-prefix=/a folder/b=trainable"),
            "{flags:?}"
        );
    }
}
