package delivery

import "time"

// lateAfter is from when on a card says how late it is. Polls are half a minute apart, and a burst
// takes its time; what is older than that was held up by an outage, and whoever reads it should
// know.
const lateAfter = 5 * time.Minute
