package main

import (
	_ "github.com/alecthomas/kong"
	_ "go.yaml.in/yaml/v3"
)

func main() {}
