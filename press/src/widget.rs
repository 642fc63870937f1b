//! A figure that becomes live where the page can run the widgets' script.

use std::path::{Path, PathBuf};
use std::{fs, io};

/// The folder of the widgets, from the repository's root: a widget's name is its file's.
const FOLDER: &str = "widgets/src/chapters";

/// The names of the widgets of the repository at `root`, in order; without the folder, none.
///
/// # Errors
///
/// When the folder cannot be read.
pub(crate) fn names(root: &Path) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(root.join(FOLDER)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let paths = entries.map(|entry| Ok(entry?.path()));
    let paths = paths.collect::<io::Result<Vec<PathBuf>>>()?;
    let mut names: Vec<String> = paths
        .iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned()))
        .collect();
    names.sort_unstable();
    Ok(names)
}

/// The figure's HTML with what the page's script needs to know, on one line; `script` is the way
/// from the page to the book's root, and the version of the script in it.
pub(crate) fn render(name: &str, figure: &str, script: Option<(&str, &str)>) -> String {
    let module = match script {
        Some((to_root, version)) => {
            format!(" data-module=\"{to_root}{}?v={version}\"", bundle::ADDRESS)
        }
        None => String::new(),
    };
    format!("<div class=\"widget\" data-widget=\"{name}\"{module}>{figure}</div>")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{FOLDER, names, render};

    #[test]
    fn the_widgets_are_the_files_of_their_folder() {
        let root = tempfile::tempdir().unwrap();
        assert_eq!(names(root.path()).unwrap(), [""; 0]);
        let folder = root.path().join(FOLDER);
        fs::create_dir_all(&folder).unwrap();
        for file in ["l2.rs", "dropout.rs", "notes.md"] {
            fs::write(folder.join(file), "").unwrap();
        }
        assert_eq!(names(root.path()).unwrap(), ["dropout", "l2"]);
    }

    #[test]
    fn a_folder_that_is_a_file_is_no_book_without_widgets() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join(FOLDER);
        fs::create_dir_all(folder.parent().unwrap()).unwrap();
        fs::write(folder, "").unwrap();
        assert!(names(root.path()).is_err());
    }

    #[test]
    fn a_widget_is_its_figure_and_the_way_to_the_script() {
        assert_eq!(
            render("l2", "<figure></figure>", Some(("../", "0a1b"))),
            "<div class=\"widget\" data-widget=\"l2\" \
             data-module=\"../widgets/live.js?v=0a1b\"><figure></figure></div>"
        );
    }

    #[test]
    fn without_a_script_there_is_no_way_to_it() {
        assert_eq!(
            render("l2", "<figure></figure>", None),
            "<div class=\"widget\" data-widget=\"l2\"><figure></figure></div>"
        );
    }
}
