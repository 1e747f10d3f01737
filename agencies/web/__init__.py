"""Pages about people: who acts for me 代理, and who works in my agency 本单位人员."""
