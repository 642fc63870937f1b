//! A figure that becomes live where the page can run the widgets' script.

/// The figure's HTML with what the page's script needs to know, on one line; `script` is the way from the page to the book's root,
/// and the version of the script in it.
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
    use super::render;

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
