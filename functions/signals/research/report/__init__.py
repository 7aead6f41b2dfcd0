"""The report of a finding: one static page, one paper, the same charts in both.

The page has no script and loads nothing; the charts are drawn once as shapes (``charts``) and painted as SVG
(``page``) or into the PDF (``paper``).
"""
