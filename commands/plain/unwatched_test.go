//go:build !race

package plain_test

const share = 1
