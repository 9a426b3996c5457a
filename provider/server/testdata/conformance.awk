# Makes of the output of `go test -v -run TestConformance` a table: plan, module, test, result. Fails where a module did.
/^=== (RUN|CONT|NAME) / { test = $3 }
/warning: / && split(test, part, "/") == 3 { sub(/.*warning: /, ""); warned[test] = $0 }
/^ +--- (PASS|FAIL|SKIP): TestConformance\/[^\/]+\/[^\/]+ / {
	split($3, part, "/")
	plan = part[2]; sub(/-certification-test-plan/, "", plan)
	result = $2 == "PASS:" ? "passed" : "FAILED"
	if (result == "FAILED") failed++
	else if ($3 in warned) { result = "passed, with a warning: " warned[$3]; warnings++ }
	rows[++n] = "| " plan " | " part[3] " | " $3 " | " result " |"
}
/^(FAIL|panic:|---? FAIL)/ || /build failed/ { broken = 1 }
{ all = all $0 "\n" }
END {
	print "| plan | module | test | result |\n|---|---|---|---|"
	for (i = 1; i <= n; i++) print rows[i]
	printf "\n%d modules: %d passed (%d with a warning), %d failed\n", n, n - failed, warnings, failed
	if (failed || broken || !n) { print all > "/dev/stderr"; exit 1 }
}
