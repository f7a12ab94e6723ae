package store_test

import (
	"os"
	"testing"

	"s1bot/bot/store/pgtest"
)

// The suite runs on both engines; PostgreSQL is started for it.
func TestMain(m *testing.M) { os.Exit(pgtest.Main(m.Run)) }
