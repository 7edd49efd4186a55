"""The settings of Sphinx for the pages to read. build.py puts this file beside the lessons, and starts Sphinx there."""

import os

project = "Recurrent networks and attention, by hand"
html_title = project
project_copyright = "text and figures CC BY 4.0, code MIT"
language = "en"

extensions = ["myst_nb", "sphinx.ext.mathjax"]
nb_execution_mode = "off"  # the lessons come with their outputs
myst_enable_extensions = ["dollarmath", "amsmath"]

html_theme = "sphinx_book_theme"
html_static_path = ["look"]
html_css_files = ["course.css"]
html_extra_path = ["extra"]  # the figures, and one file of MathJax, which builds the equations without asking another host
mathjax_path = "../mathjax.js"
mathjax3_config = {"options": {"enableMenu": False, "enableAssistiveMml": True}}
html_copy_source = html_show_sourcelink = False
html_context = {"default_mode": "auto"}  # light or dark, as the reader's system is
html_theme_options = {"use_download_button": False, "show_toc_level": 1, "navbar_persistent": [], "navbar_end": []}
html_theme_options |= {"footer_content_items": ["copyright"]}  # else "By Author name not set"

if repository := os.environ.get("COURSE_REPOSITORY"):  # OWNER/NAME: then each lesson has a button that opens it in Colab
    html_theme_options |= {
        "repository_url": f"https://github.com/{repository}",
        "repository_branch": os.environ["COURSE_BRANCH"],
        "path_to_docs": "notebooks",
        "use_repository_button": True,
        "launch_buttons": {"colab_url": "https://colab.research.google.com"},
    }
