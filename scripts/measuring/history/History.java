// A check as a user may have one: runs the classes in `history` on the sources, one finding a line.

import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import javax.tools.ToolProvider;

public class History {
    public static void main(String[] args) throws Exception {
        File[] tests = new File("history").listFiles((folder, name) -> name.endsWith(".java"));
        Arrays.sort(tests);
        Path classes = Files.createTempDirectory("history");
        try (URLClassLoader loader = new URLClassLoader(new URL[] {classes.toUri().toURL()})) {
            for (File test : tests) {
                String said = run(test, classes, loader);
                if (said != null) {
                    System.out.println(args[0] + ":1: " + said.replaceAll("\\s+", " "));
                }
            }
        }
    }

    private static String run(File test, Path classes, ClassLoader loader) throws Exception {
        int code = ToolProvider.getSystemJavaCompiler().run(
                null, System.err, System.err, "-nowarn", "-proc:none", "-d", classes.toString(),
                "-sourcepath", "src/main/java", test.getPath());
        String name = test.getName().replace(".java", "");
        if (code != 0) {
            return name + " does not compile";
        }
        try {
            loader.loadClass(name).getMethod("main", String[].class).invoke(null, (Object) new String[0]);
            return null;
        } catch (InvocationTargetException failed) {
            return name + " fails: " + failed.getCause();
        }
    }
}
