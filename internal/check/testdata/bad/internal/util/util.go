package util

// Root is somebody's computer.
const Root = "/home/an/vanthu"
