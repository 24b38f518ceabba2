;;; What the sessions in Emacs share.  -*- lexical-binding: t -*-

;; Each step of a session prints one line, "NAME: VALUE"; the last line is "done: t".

(setq inhibit-message t
      enable-local-variables nil
      python-indent-guess-indent-offset nil)

(defun say (name value)
  (princ (format "%s: %s\n" name (replace-regexp-in-string "\n" "\\\\n" (format "%s" value)))))

(defun wait-for (what look)
  "Let Emacs work until LOOK gives a value; fail with WHAT after 20 seconds."
  (let ((end (+ (float-time) 20)) value)
    (while (not (setq value (funcall look)))
      (when (> (float-time) end)
        (error "never saw: %s" what))
      (accept-process-output nil 0.05))
    value))

(defun this-line ()
  (buffer-substring-no-properties (line-beginning-position) (line-end-position)))

(defun open-beside (name)
  "Visit NAME in the folder of TANDEM_FILE and leave what is in front unsaved."
  (set-buffer-modified-p nil)
  (find-file (expand-file-name name (file-name-directory (getenv "TANDEM_FILE")))))

;; What an editor that cannot open files for a server is told: a message that names the file.
(defvar said nil)
(advice-add 'message :before
            (lambda (text &rest values) (when text (push (apply #'format-message text values) said))))

(provide 'emacs_steps)
