package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// tick is what /proc counts CPU time in: hundredths of a second, here in microseconds.
const tick = 10_000

// stat reads the fields of /proc/PID/stat that follow the name of the program; nil for a process that is gone.
func stat(pid string) []string {
	text, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		return nil
	}
	return strings.Fields(string(text[bytes.LastIndexByte(text, ')')+2:]))
}

// own is the CPU time of a process, user and system, in microseconds.
func own(pid int) float64 {
	fields := stat(strconv.Itoa(pid))
	if fields == nil {
		return 0
	}
	return number(fields[11]) + number(fields[12])
}

// tree is own of a process and its children, the ended ones too.
func tree(pid int) float64 {
	all := own(pid)
	if fields := stat(strconv.Itoa(pid)); fields != nil {
		all += number(fields[13]) + number(fields[14])
	}
	processes, _ := filepath.Glob("/proc/[0-9]*")
	for _, path := range processes {
		fields := stat(filepath.Base(path))
		if fields != nil && fields[1] == strconv.Itoa(pid) {
			all += number(fields[11]) + number(fields[12])
		}
	}
	return all
}

func number(ticks string) float64 {
	n, _ := strconv.ParseFloat(ticks, 64)
	return n * tick
}

// resident is the resident set of a process, in MB.
func resident(pid int) float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, _ := strconv.Atoi(strings.Fields(rest)[0])
			return float64(kb) / 1000
		}
	}
	return 0
}
