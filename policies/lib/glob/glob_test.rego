package lib.glob_test

import data.lib.glob

test_exact if glob.fits("openssl", "openssl")

test_exact_is_not_a_prefix if not glob.fits("openssl", "openssl-tool")

test_star_matches_any_ending if glob.fits("linux-*", "linux-image-amd64")

test_star_matches_no_ending if glob.fits("linux*", "linux")

test_star_only_at_the_end if not glob.fits("linux*", "alinux")

test_null_fits_nothing if not glob.fits("libs*", null)
