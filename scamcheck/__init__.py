"""The pure core of Gọi Lại: reads a message, compares it with what is known, decides. No I/O."""
