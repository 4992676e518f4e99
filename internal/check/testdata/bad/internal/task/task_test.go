package task

import "testing"

// Returning stays possible for four hours, GL443-14.4.
func TestReturn_HT33_8_3_i(t *testing.T) {}
