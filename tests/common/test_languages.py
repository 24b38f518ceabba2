"""The language of a file, by its name and, for headers of C and C++, by its text."""

from pathlib import PurePath

import pytest

from lsp_server.common.languages import language_of_text


@pytest.mark.parametrize(
    "text",
    [
        "#pragma once\nclass Foo {\npublic:\n  void run();\n};\n",
        "namespace a {\nint f();\n}\n",
        "template <typename T>\nT f(T t);\n",
        "#include <string>\nvoid f();\n",
        "std::string f(const std::string& x);\n",
        "struct A {\n  virtual ~A();\n};\n",
    ],
)
def test_a_header_that_cannot_be_c_is_cpp(text: str) -> None:
    assert language_of_text(PurePath("a/foo.h"), text.encode()).name == "cpp"
    assert language_of_text(PurePath("foo.c"), text.encode()).name == "c"


@pytest.mark.parametrize(
    "text",
    [
        "#include <stdio.h>\nstruct s { int class; };\nint f(struct s *s);\n",
        "/*\nclass of its own, in a\nnamespace std::x\n*/\n// using a::b\nint f(void);\n",
        (
            '#ifdef __cplusplus\n#include <cstdint>\nextern "C" {\n#endif\nint f(void);\n'
            "#ifdef __cplusplus\n}\n#endif\n"
        ),
        "[[gnu::packed]] struct s { int a; };\n",
        "@interface Foo : NSObject\n@end\n",
    ],
)
def test_any_other_header_is_c(text: str) -> None:
    assert language_of_text(PurePath("foo.h"), text.encode()).name == "c"
