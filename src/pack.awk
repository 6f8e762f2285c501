# Makes the words that foster prints shorter: a byte from 128 on stands for the two bytes of a row of pairs.h, which may be such bytes again, and
# words.c puts them back. Reads pairs.h, then preprocessed C, whose strings behind u8"" are those words (records.h), and writes it with them packed.
# With -v learn=1 it writes a new pairs.h instead: the pairs that occur most, one after the other (byte pair encoding, Gage 1994).
#
# awk -f pack.awk pairs.h PREPROCESSED...

BEGIN {
	FIRST = 128
	LAST = 255
	for (i = 1; i < FIRST; i++)
		code[sprintf("%c", i)] = i
	code["\\n"] = code["\n"]
	code["\\\""] = code["\""]
}

FILENAME ~ /pairs\.h$/ {
	if (!learn) {
		left[pairs] = $2 + 0
		right[pairs++] = $3 + 0
	}
	next
}

{
	while (at = index($0, "u8\"\"")) {
		printf "%s", learn ? "" : substr($0, 1, at - 1)
		$0 = substr($0, at + 4)
		before = size
		while (match($0, /^ *"([^"\\]|\\.)*"/)) {
			text = substr($0, 1, RLENGTH - 1)
			$0 = substr($0, RLENGTH + 1)
			sub(/^ *"/, "", text)
			if (learn)
				remember(text)
			else
				printf " \"%s\"", packed(text)
		}
		if (/^\)?\]/) # the same once more, for its size
			size = before
	}
	if (!learn)
		print
}

END {
	for (k = FIRST; learn && k <= LAST && most_frequent(); k++) {
		size = join(all, size, best_left, best_right, k)
		print "{ " best_left ", " best_right " },"
	}
}

# A literal as codes, and as it is written. A zero byte, and a % with its letter, have no code: they are part of no pair.
function read(text,    n, c) {
	for (n = 0; text != ""; text = substr(text, length(c) + 1)) {
		c = substr(text, 1, text ~ /^[\\%]/ ? 2 : 1)
		codes[n] = c in code ? code[c] : -1
		written[n++] = c
	}
	return n
}

# Puts k for each pair of a and b. Returns how many codes are left.
function join(codes, n, a, b, k,    from, to) {
	for (from = to = 0; from < n; from++) {
		if (codes[from] == a && from + 1 < n && codes[from + 1] == b) {
			codes[to] = k
			from++
		} else {
			codes[to] = codes[from]
			written[to] = written[from]
		}
		to++
	}
	return to
}

function packed(text,    n, k, i, out) {
	n = read(text)
	for (k = 0; k < pairs; k++)
		n = join(codes, n, left[k], right[k], FIRST + k)
	for (i = 0; i < n; i++)
		out = out (codes[i] < FIRST ? written[i] : sprintf("\\%o", codes[i]))
	return out
}

function remember(text,    n, i) {
	n = read(text)
	for (i = 0; i < n; i++)
		all[size++] = codes[i]
	all[size++] = -1
}

# Finds the pair that occurs most; false where none is worth its row.
function most_frequent(    i, pair, most, two) {
	split("", count)
	most = 3
	for (i = 0; i + 1 < size; i++) {
		pair = all[i] " " all[i + 1]
		if (all[i] > 0 && all[i + 1] > 0 && ++count[pair] > most) {
			most = count[pair]
			split(pair, two)
			best_left = two[1]
			best_right = two[2]
		}
	}
	return most > 3
}
