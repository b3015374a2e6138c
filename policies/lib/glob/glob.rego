# METADATA
# title: Names with a trailing star
# description: Exact names, or everything that starts with the text before a trailing star.
package lib.glob

fits(pattern, name) if pattern == name

fits(pattern, name) if {
	endswith(pattern, "*")
	is_string(name)
	startswith(name, trim_suffix(pattern, "*"))
}
