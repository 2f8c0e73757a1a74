package main

// JSON lines on standard output, in the format of log/slog.

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"time"
)

func logInfo(msg string, fields ...interface{})  { writeLog("INFO", msg, fields) }
func logError(msg string, fields ...interface{}) { writeLog("ERROR", msg, fields) }

// writeLog writes the fields, pairs of a key and a value, in the order given.
func writeLog(level, msg string, fields []interface{}) {
	var line bytes.Buffer
	fmt.Fprintf(&line, `{"time":%q,"level":%q,"msg":%s`, time.Now().Format(time.RFC3339Nano), level, encode(msg))
	for i := 0; i+1 < len(fields); i += 2 {
		fmt.Fprintf(&line, `,%s:%s`, encode(fields[i]), encode(fields[i+1]))
	}
	line.WriteString("}\n")
	_, _ = os.Stdout.Write(line.Bytes())
}

func encode(value interface{}) []byte {
	text, err := json.Marshal(value)
	if err != nil {
		return []byte(`"!ERROR"`)
	}
	return text
}
